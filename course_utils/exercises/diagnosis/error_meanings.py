"""What errors of PyTorch and Python mostly mean in an exercise about networks: fragment, cause, next step."""

from __future__ import annotations

__all__ = ["ERRORS", "LOST_BATCH", "PICKS_PICTURES"]


# a fragment of an error as Python words it (a regular expression), what it mostly means here, and what to do


ERRORS: tuple[tuple[str, str, str], ...] = (
    (
        r"implicitly created only for scalar",
        "the score has several numbers, and a gradient starts from one: `.sum()` is missing",
        "add the numbers up with .sum() before you differentiate",
    ),
    (
        r"does not require grad and does not have a grad_fn",
        "the score has no graph: the forward pass ran under no_grad(), gradients were switched off, or its result "
        "was detached or turned into plain numbers",
        "let the forward pass run with gradients, outside of torch.no_grad(), and detach only what you return",
    ),
    (
        r"differentiated Tensors does not require grad",
        "the gradient is asked for a tensor that records none: the pictures as they came (requires_grad is missing), "
        "a copy made by detach(), or what went *into* the layer instead of what came out",
        "keep the tensor itself, without detach(); for pictures, call requires_grad_() on a copy before the pass",
    ),
    (
        r"not have been used in the graph",
        "the gradient is asked for a tensor that the score does not come from: it was computed beside the forward pass",
        "take the tensor out of the forward pass that gave the score, with a hook",
    ),
    (
        r"through the graph a second time",
        "the same graph was walked twice, and the first gradient frees it",
        "add the scores up and take one gradient, or write retain_graph=True",
    ),
    (
        r"Expected size for first two dimensions of batch2",
        "`@` and matmul multiply matrices; here each number meets the one in its own place",
        "multiply with `*`, and add up with .sum(dim=1)",
    ),
    (
        r"to have 3 channels, but got 1 ",
        "pictures with one colour went into the network: the three colours were joined before",
        "give the network the pictures as they came",
    ),
    (
        r"Index tensor must have the same number of dimensions",
        "gather wants as many axes in the index as in the logits, and classes has one axis",
        "write classes[:, None], or logits[torch.arange(len(classes)), classes]",
    ),
    (
        r"Size does not match at dimension 0",
        "there are more classes than rows of logits: only a part of the pictures went through the network",
        "let all pictures go through the network",
    ),
    (
        r"shape mismatch: indexing tensors",
        "the two indices have another length: there are more classes than pictures that went through",
        "let all pictures go through the network, and index with torch.arange(len(images))",
    ),
    (
        r"Boolean value of Tensor",
        "Python's own max, min, if or `and` was used on a whole tensor, which is neither true nor false",
        "use the tensor's own methods: .amax(dim=...), .clamp(min=...), torch.where(...)",
    ),
    (
        r"invalid number of grad_input",
        "the hook returned a tensor, and PyTorch takes it apart as if it were a tuple of gradients",
        "return a tuple with one element from the backward hook: (gradient,)",
    ),
    (
        r"grad_input.*(None|expected)|hook .* has changed the size",
        "the backward hook returned something of another number or size than grad_input",
        "return a tuple with one gradient of the shape of grad_input[0]",
    ),
    (
        r"<lambda>\(\) takes \d positional argument|missing \d+ required positional argument",
        "the hook has another number of parameters: a forward hook gets (module, args, output), a pre-hook "
        "(module, args), a backward hook (module, grad_input, grad_output)",
        "give the hook the parameters that its kind of hook gets",
    ),
    (
        r"'builtin_function_or_method'|'method'",
        "the brackets () behind a method are missing: the method itself came, not its result",
        "call it: .max(), .sum(), .mean()",
    ),
    (
        r"'tuple' object has no attribute|torch\.return_types",
        "a tuple came where one tensor was meant: torch.autograd.grad gives a tuple, and max(dim=...) the pair of "
        "values and indices",
        "take the first element: torch.autograd.grad(...)[0], .max(dim=1).values or .amax(dim=1)",
    ),
    (
        r"'list' object has no attribute",
        "a list came where one tensor was meant: what a hook appended stands inside of it",
        "take the tensor out of the list: kept[0]",
    ),
    (
        r"'NoneType' object",
        "a value here is None: only leaf tensors keep a .grad (others need retain_grad() before backward()), and a "
        "function without `return` gives None as well",
        "ask torch.autograd.grad(score, tensor)[0], which returns the gradient",
    ),
    (
        r"'str' object has no attribute",
        "a name is used where the layer itself was meant",
        "find the layer first: model.get_submodule(name)",
    ),
    (
        r"object has no attribute '[\w.]*\.[\w.]*'|KeyError: '[\w.]*\.[\w.]*'",
        "a dotted name leads to a layer inside a layer, which getattr, named_children and indexing do not find",
        "use model.get_submodule(name)",
    ),
    (
        r"object has no attribute '(features|classifier|avgpool|(layer|conv|relu|fc)\d*|body|head|blocks?|encoder)'",
        "the code asks for a part that only networks of one kind have; this network has other names",
        "let the network run as a whole, and use the layer that was handed in",
    ),
    (
        r"object is not subscriptable|object is not iterable|has no len\(\)",
        "only a Sequential can be indexed or walked through like a list; this is another kind of object",
        "for a network: network.modules() goes through all its layers, network.get_submodule(name) finds one",
    ),
    (
        r"IndexError: list index out of range",
        "the list that the hook should fill stayed empty: the hook never ran, sits elsewhere, or stored nothing",
        "register a forward hook on the layer itself, append in it, and run the network inside the block",
    ),
    (
        r"KeyError",
        "the dictionary was never filled under this key: the hook did not run, or stored nothing",
        "register the hook on the layer itself, and run the network inside the block",
    ),
    (
        r"shapes cannot be multiplied",
        "a layer got numbers of another shape than in the real forward pass: the axis of the batch was lost, or the "
        "layers were called one by one, without the flatten, mean or shortcut that stands in forward",
        "call model(images) as a whole, with pictures of shape (N, C, H, W)",
    ),
    (
        r"Expected 3D .* or 4D",
        "flat numbers went into a convolution: named_modules() begins with '', the whole network, so its logits "
        "go into the first layer; or the axis of the batch was lost",
        "call model(images) as a whole, and listen at the layer with a forward hook",
    ),
    (
        r"expected input.*to have \d+ channels|running_mean should contain",
        "a layer in the middle of the network was given the picture itself; it wants what the layers before it give",
        "call the whole network on the picture, and listen at the layer with a forward hook",
    ),
    (
        r"must match the size of tensor b|must match the existing size|not broadcastable",
        "two tensors whose axes do not lie over each other are combined: a mean over two axes leaves (N, K), which "
        "needs [:, :, None, None] or keepdim=True beside (N, K, h, w)",
        "print both shapes just before this line; keepdim=True keeps averaged axes at length 1",
    ),
    (
        r"in-place operation|inplace operation",
        "what was handed in, or what the gradient still needs, was overwritten in place (`x[...] = `, `x += `)",
        "work on a copy: x.clone(), or build a new tensor",
    ),
    (
        r"argument 'keepdim'|'dim' .*must be",
        "the axes must stand together in one tuple: the second place belongs to keepdim",
        "write dim=(2, 3)",
    ),
    (
        r"out of bounds for dimension|out of range \(expected",
        "a fixed position or axis is used, and this input has fewer: the code fits one shape only",
        "take lengths from .shape, and use the axes that the task names",
    ),
    (
        r"Can't call numpy",
        "numpy() cannot take a tensor with a graph, and no array was asked for",
        "leave .numpy() away",
    ),
    (
        r"NameError: name '(\w+)' is not defined",
        "the function uses a name that is neither a parameter nor imported: a variable of the notebook is no part of "
        "the function",
        "use what the function is given as parameters",
    ),
    (
        r"ZeroDivisionError",
        "a Python number was divided by zero",
        "think of the case in which there is nothing",
    ),
)


PICKS_PICTURES = (
    r"out of bounds for dimension 0",
    "the class was used as the number of a picture: pictures are axis 0 of the logits, classes axis 1",
    "write logits[torch.arange(len(images)), classes], or logits[:, class_index] for one class",
)


LOST_BATCH = (
    r"shapes cannot be multiplied|Expected 3D|same number of dimensions: got 3",
    "a picture went in without the axis of the batch: the network takes (N, C, H, W)",
    "give a single picture its axis back: image[None]",
)
