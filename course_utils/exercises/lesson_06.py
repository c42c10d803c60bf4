"""Exercises of lesson 06: forward hooks."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import torch
from torch import Tensor, nn

from course_utils.datasets import shapes10
from course_utils.exercises import findings
from course_utils.exercises.diagnosis.functions import demand_called
from course_utils.exercises.exercise import Exercise, Mistake, Wrong
from course_utils.exercises.shown import safely
from course_utils.hooks import count_hooks, mask_channels, record_outputs
from course_utils.panels.activation_surgery import LAYERS, Scene, State, operated, prepared
from course_utils.shipped import load_shipped

Shapes = dict[str, tuple[int, ...]]


class Stumbles(nn.Module):
    """Fails in the middle of its forward pass, after its first layer has run."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 3)

    def forward(self, x: Tensor) -> Tensor:
        """Raise, always."""
        self.first(x)
        raise FloatingPointError("this network always fails")


class Skips(nn.Module):
    """Has a nested layer, and one that never runs."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(nn.Conv2d(2, 3, 3), nn.Tanh())
        self.unused = nn.Linear(1, 1)
        self.head = nn.Linear(3 * 4 * 2, 2)

    def forward(self, images: Tensor) -> Tensor:
        """Return (N, 2) for images (N, 2, 6, 4)."""
        return self.head(self.features(images).flatten(1))


def seeded(build: Callable[[], nn.Module], seed: int = 0) -> nn.Module:
    """Return a network with the same weights each time, without touching anybody's random numbers."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return build()


def pictures(*shape: int) -> Tensor:
    """Return numbers between -1 and 1, the same each time."""
    return torch.rand(shape, generator=torch.Generator().manual_seed(len(shape))) * 2 - 1


def demand_no_hooks(model: nn.Module, when: str) -> None:
    """Raise Wrong if anything still hangs on the model."""
    left = count_hooks(model)
    if not left:
        return
    raise Wrong(
        got=f"{left} hooks left on the model {when}",
        wanted="none",
        cause="a hook lives on the layer until somebody removes it"
        + (", and a line after the error is never reached" if "error" in when else ""),
        next_step="open the hooks in a `with` block, or remove them in `finally`",
    )


COUNTS = {
    1: "two calls are missing: `model.forward` skips the hooks of `model`, but calls `conv` in the usual way; "
    "and no_grad does not silence forward hooks",
    2: "one call is missing: `model.forward` skips only the hooks of `model` itself, and `conv` inside it is called in "
    "the usual way; or you let no_grad silence the hook, which it does not",
    4: "`model.conv.forward(images)` walks past the hooks of conv, or you counted the call after remove()",
    5: "every line was counted: `model.conv.forward` walks past the hooks of conv, and after remove() there is none",
    0: "a lambda with append does count, although it returns None",
}


def judge_count(answer: object) -> None:
    """Wanted: model(images), model.forward(images) and the call under no_grad: 3."""
    got = answer
    if isinstance(answer, Tensor) and answer.numel() == 1:
        answer = answer.item()
    if isinstance(answer, bool) or not isinstance(answer, int | float):
        cause = f"it is of type {type(answer).__name__}, not a whole number"
    elif answer == 3:
        return
    elif answer != answer // 1 or answer < 0:
        cause = f"a list cannot be {answer:g} long: its length is a whole number, 0 or more"
    else:
        cause = COUNTS.get(answer, "the list cannot be as long as that: only five lines run the model")
    raise Wrong(
        got=got,
        wanted="the length of the list, a whole number",
        cause=cause,
        next_step="ask for each line: is conv called like a function, conv(...), while the hook is on?",
    )


def judge_shapes(layer_shapes: Callable[[nn.Module, Tensor], Shapes]) -> None:
    """Three networks that work, and one that fails on the way; nothing may stay."""
    for model, images in (
        (seeded(lambda: nn.Sequential(nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 2))), pictures(4, 3)),
        (seeded(Skips), pictures(2, 2, 6, 4)),
        (seeded(lambda: nn.Sequential(nn.Flatten(), nn.Sequential(nn.Linear(12, 3)))), pictures(1, 3, 4)),
    ):
        got = layer_shapes(model, images)
        with record_outputs(model) as outputs, torch.no_grad():
            model(images)
        demand_no_hooks(model, "after the call")
        demand_shapes(got, {name: tuple(output.shape) for name, output in outputs.items()}, model, images)
    demand_called(layer_shapes, seeded(lambda: nn.Sequential(nn.Linear(3, 2))), pictures(1, 3))
    model = seeded(Stumbles)
    try:
        layer_shapes(model, pictures(1, 3))
    except FloatingPointError:
        demand_no_hooks(model, "after an error in the model")
        return
    raise Wrong(
        got="no error, although the model raised one",
        wanted="the model's own error, passed on",
        cause="the error was caught and swallowed, so nobody learns that the model failed",
        next_step="leave out `except`; a `with` block removes the hooks and lets the error go on",
    )


def demand_shapes(got: object, wanted: Shapes, model: nn.Module, images: Tensor) -> None:
    """Raise Wrong unless ``got`` is the table of shapes."""
    if got == wanted:
        return
    raise Wrong(
        got=got,
        wanted=wanted,
        cause=why_not_shapes(got, wanted, images)
        or why_other_names(got, wanted, model)
        or why_other_shapes(got, wanted),
        next_step="one hook for each layer, which stores tuple(output.shape) under its own name; then run the model",
    )


def why_not_shapes(got: object, wanted: Shapes, images: Tensor) -> str:
    """Return the likely cause of a wrong table, if it is of the usual ones."""
    if not isinstance(got, dict):
        pairs = ": pairs in a list are no dict" if isinstance(got, list) and got and isinstance(got[0], tuple) else ""
        return f"it is of type {type(got).__name__}, not a dict" + (": is there a return?" if got is None else pairs)
    if not got:
        return (
            "the table is empty: no hook was on while the model ran (it ran before the hooks, after they were removed, "
            "or not at all)"
        )
    if "" in got:
        return 'the model itself is in the table, under the name ""; only layers inside it belong there'
    if len(got) == 1 < len(wanted) and set(got) <= set(wanted):
        last = set(got) == {list(wanted)[-1]}
        late = "all layers wrote under one name: late binding, lesson 03"
        return (
            late if last else "only one layer is there: a `return` inside a loop ends the function in its first round"
        )
    if set(got) == set(wanted) and any(isinstance(shape, Tensor) for shape in got.values()):
        return "whole tensors were stored, not shapes"
    if set(got) == set(wanted) and next(iter(got.values())) == tuple(images.shape) != wanted[next(iter(got))]:
        return "these are the shapes of the inputs, not of the outputs"
    return ""


def why_other_names(got: dict, wanted: Shapes, model: nn.Module) -> str:
    """Return what is wrong with the names of a table; "" if they are right."""
    if set(got) == set(wanted):
        return ""
    modules = dict(model.named_modules())
    missing, more = sorted(set(wanted) - set(got), key=str), sorted(set(got) - set(wanted), key=str)
    names = f"these names are missing or too many: {missing + more}"
    if safely(lambda: set(got.values()), set()) & set(wanted):
        return f"{names}: names and shapes are swapped, the name is the key"
    if all(isinstance(name, nn.Module) for name in got):
        return f"{names}: the layers themselves are the keys, not their names"
    if set(got) <= {type(module).__name__ for module in modules.values()}:
        return f"{names}: the kinds of layers are the keys, and two layers of one kind share one"
    if set(got) <= {name for name, _ in model.named_parameters()}:
        return f"{names}: these are the shapes of the weights (named_parameters), not of what the layers return"
    return names + why_these_names(missing, more, modules, wanted)


def why_these_names(missing: list[str], more: list[object], modules: dict[str, nn.Module], wanted: Shapes) -> str:
    """Return ": " and what the missing names, or those too many, have in common; "" if nothing."""
    if more and all(name in modules for name in more):
        return f": {more[0]} never ran, so it has no output"
    if more and all(isinstance(name, int) for name in more):
        return ": the layers were numbered; the names are texts, as named_modules gives them"
    if more and all(str(name) in {one.rpartition(".")[2] for one in wanted} for name in more):
        return ": only the last part of a dotted name was kept"
    if more:
        return ""
    if all("." in name for name in missing):
        return ": the layers inside a layer are left out; named_modules goes into every layer, not only the children"
    if all(any(modules[name].children()) for name in missing):
        return f": {missing[0]} is a layer that holds other layers; it returns something, too"
    return f": {missing[0]} was left out"


def why_other_shapes(got: Shapes, wanted: Shapes) -> str:
    """Return what is wrong with the shapes of a table, by its first wrong entry."""
    name = next(name for name in wanted if got[name] != wanted[name])
    shape, right = got[name], wanted[name]
    if isinstance(shape, list):
        return "the shapes are lists, not tuples"
    if not isinstance(shape, tuple):
        return f"under {name!r} stands a {type(shape).__name__}, not a tuple: {shape!r}"[:200]
    if shape == right[1:]:
        return "the first number is missing, the number of pictures: only one picture ran, or it was cut off"
    if shape == (1, *right[1:]):
        return "only one of the pictures was run through the model"
    if shape == right[::-1]:
        return "the numbers are in the reverse order"
    if shape in wanted.values():
        return f"under {name!r} stands the shape of another layer: {shape}"
    return f"the shapes are not those that the layers return: {name!r} returned {right}, and the table says {shape}"


def in_place_net() -> nn.Module:
    """Return a network whose layers are followed by in-place operations."""
    return nn.Sequential(nn.Conv2d(1, 3, 2), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(27, 2))


def judge_peek(peek: Callable[[nn.Module, nn.Module, Tensor], tuple[Tensor, Tensor]]) -> None:
    """The result with its graph, the layer's own output, nothing left: on three layers and after an error."""
    for number in (0, 3, 1):
        model, images = seeded(in_place_net), pictures(2, 1, 4, 4)
        with record_outputs(model, str(number)) as outputs:
            expected = model(images)
        answer = peek(model, model[number], images)
        demand_no_hooks(model, "after the call")
        demand_peek(answer, expected, outputs[str(number)], model, received(model, number, images))
    demand_good_manners(peek)
    demand_called(lambda model, images: peek(model, model[0], images), seeded(in_place_net), pictures(2, 1, 4, 4))
    model = seeded(Stumbles)
    try:
        peek(model, model.first, pictures(1, 3))
    except FloatingPointError:
        demand_no_hooks(model, "after an error in the model")
        return
    raise Wrong(
        got="no error, although the model raised one",
        wanted="the model's own error, passed on",
        cause="the error was caught and swallowed",
        next_step="leave out `except`; a `with` block is enough",
    )


def received(model: nn.Sequential, number: int, images: Tensor) -> Tensor:
    """Return what a layer receives."""
    return model[:number](images).detach()


def demand_good_manners(peek: Callable[..., object]) -> None:
    """Raise Wrong if somebody else's hook is gone, the model ran twice, or its mode has changed."""
    model, runs = seeded(in_place_net), []
    with model[0].register_forward_hook(lambda module, args, output: runs.append(1)):
        peek(model, model[0], pictures(2, 1, 4, 4))
        swept = not count_hooks(model)
    if swept:
        got, wanted = "a hook that somebody else had put on the layer is gone", "only your own hook removed"
        cause = "`_forward_hooks.clear()` sweeps out everybody's hooks"
        step = "keep the handle of your hook, and remove that one"
    elif len(runs) != 1:
        got, wanted = f"the layer ran {len(runs)} times", "one run of the model for both"
        cause = "the result and the record come from two runs; with dropout they would not belong together"
        step = "call the model once, inside the block, and keep its result"
    elif not all(module.training for module in model.modules()):
        got, wanted = "a model that is in evaluation mode now", "the model as it was"
        cause, step = "`model.eval()` stays after the call", "leave the mode to the caller"
    else:
        return
    raise Wrong(got=got, wanted=wanted, cause=cause, next_step=step)


def reaches_all(result: Tensor, model: nn.Module) -> bool:
    """Whether a walk backward from ``result`` reaches every parameter."""
    if not result.requires_grad:
        return False
    found = torch.autograd.grad(result.sum(), list(model.parameters()), retain_graph=True, allow_unused=True)
    return all(gradient is not None for gradient in found)


def demand_peek(answer: object, expected: Tensor, output: Tensor, model: nn.Module, given: Tensor) -> None:
    """Raise Wrong unless ``answer`` is the pair (what the model returns, what the layer returned)."""
    if not isinstance(answer, tuple) or len(answer) != 2 or not all(isinstance(one, Tensor) for one in answer):
        cause, next_step = why_no_peek(answer), "return the model's result and the stored output"
        raise Wrong(got=answer, wanted="(result, output)", cause=cause, next_step=next_step)
    result, seen = answer
    whole = reaches_all(result, model)
    if not whole or result.shape != expected.shape or not torch.equal(result, expected):
        raise Wrong(
            got="another result than the model's" if whole else "a result whose graph is cut",
            wanted="the model's own result, and a walk backward from it reaches every weight",
            cause=why_another_result(result, seen, expected),
            next_step="return what model(images) gave; write the hook as a `def` without a return",
        )
    if seen.shape != output.shape or seen.dtype != output.dtype or not torch.equal(seen, output):
        raise Wrong(
            got=f"a record of shape {tuple(seen.shape)}"
            + (f" whose smallest value is {float(seen.min()):.4f}" if seen.numel() else ""),
            wanted=f"what the layer returned, {tuple(output.shape)}; its smallest value is {float(output.min()):.4f}",
            cause=why_another_record(seen, output, expected, given),
            next_step="store a copy: output.detach().clone()",
        )
    demand_no_graph(seen)


def demand_no_graph(seen: Tensor) -> None:
    """Raise Wrong if the record still hangs in a graph."""
    if seen.requires_grad:
        raise Wrong(
            got="a record that is still part of the graph",
            wanted="a record without a graph: requires_grad is False",
            cause="clone() copies the values, and stays in the graph, which the record then keeps alive",
            next_step="detach() first, then clone()",
        )


def why_no_peek(answer: object) -> str:
    """Return what came instead of a pair of tensors."""
    if answer is None:
        return "the answer is not a pair of tensors: it is None, is there a return?"
    if isinstance(answer, Tensor | dict):
        return f"the answer is not a pair of tensors: it is one {type(answer).__name__}; the other half is not returned"
    if not isinstance(answer, tuple) or len(answer) != 2:
        count = f" with {len(answer)} parts" if isinstance(answer, tuple | list) else ""
        return f"the answer is not a pair of tensors: it is a {type(answer).__name__}{count}"
    place, odd = next((place, one) for place, one in enumerate(answer) if not isinstance(one, Tensor))
    kind = type(odd).__name__
    why = f"the {'second' if place else 'first'} part is a {kind}"
    if isinstance(odd, dict | list | tuple):
        why += ": the container itself, and the tensor is inside" if len(odd) == 1 else ": its numbers, and no tensor"
    return f"the answer is not a pair of tensors: {why}"


def why_another_result(result: Tensor, seen: Tensor, expected: Tensor) -> str:
    """Return the likely cause of a result that is not the model's."""
    if seen.shape == expected.shape and torch.equal(seen, expected):
        return "the two are swapped: the model's result comes first, the layer's output second"
    if result.shape != expected.shape:
        return f"the first of the two has shape {tuple(result.shape)}; the model returns {tuple(expected.shape)}"
    changed = {"softmax": expected.softmax(-1), "log_softmax": expected.log_softmax(-1), "relu": expected.relu()}
    for name, value in changed.items():
        if torch.allclose(result, value):
            return f"{name} was applied to the result; the task wants what the model returns"
    if not torch.equal(result, expected) and result.requires_grad:
        return "the hook returned something, and that went on in place of the layer's output: the numbers have changed"
    if not result.requires_grad:
        return "nothing in the result has a graph any more: the model ran under no_grad, or the result was detached"
    return (
        "the hook returned something (a lambda returns what its expression gives: setdefault gives the value back), "
        "and that went on in place of the layer's output, without its graph"
    )


def why_another_record(seen: Tensor, output: Tensor, expected: Tensor, given: Tensor) -> str:
    """Return the likely cause of a record that is not the layer's output."""
    if seen.shape == given.shape and torch.equal(seen, given):
        return "the record is what the layer received (args[0]), not what it returned"
    if seen.shape == expected.shape and torch.equal(seen, expected):
        return "the record is the result of the whole model, not the output of that layer"
    if seen.shape == output.shape and torch.equal(seen, output.relu()):
        return "the in-place ReLU behind the layer rewrote the record: detach() shares the memory"
    if seen.dtype != output.dtype:
        return f"the record has another kind of numbers, {seen.dtype}, than the output of that layer, {output.dtype}"
    if seen.numel() == 1:
        return "the record is one number (a mean, a sum?), not the whole output of that layer"
    if seen.shape in (output[0].shape, output[:1].shape):
        return "the record is the output for one picture, not for all of them"
    if seen.shape != output.shape:
        return f"the record is not the output of that layer: its shape is {tuple(seen.shape)}"
    near = torch.allclose(seen, output, atol=1e-2)
    return "the record is not the output of that layer: " + ("it was rounded" if near else "it was changed on the way")


def needs_one_channel() -> tuple[nn.Module, Tensor]:
    """Return a network with weights set by hand: class 0 lives on channel 2, class 1 on channel 0 and against 1.

    Channel 3 has a bias of its own: with its weights at 0 it is not silent.
    """
    model = nn.Sequential(nn.Conv2d(1, 4, 1), nn.Flatten(), nn.Linear(4, 2, bias=False))
    with torch.no_grad():
        model[0].weight.copy_(torch.ones(4, 1, 1, 1))
        model[0].bias.copy_(torch.tensor([0.0, 0.0, 0.0, 2.0]))
        model[2].weight.copy_(torch.tensor([[1.0, -2.0, 5.0, 0.5], [3.0, -9.0, 1.0, 1.5]]))
    return model, torch.ones(6, 1, 1, 1)


def needed_cases() -> list[tuple[nn.Module, str, Tensor, int]]:
    """Return (model, layer, images, class): by hand first, then small random networks."""
    by_hand, ones = needs_one_channel()
    cases = [(by_hand, "0", ones, 0), (by_hand, "0", ones, 1)]
    for seed, count, layer, class_index in SEEDS:
        model = seeded(
            lambda: nn.Sequential(
                nn.Conv2d(1, 6, 2), nn.ReLU(), nn.Conv2d(6, 5, 1), nn.ReLU(), nn.Flatten(), nn.Linear(45, 3)
            ),
            seed,
        )
        images = torch.randn((count, 1, 4, 4), generator=torch.Generator().manual_seed(seed)) * 2
        cases.append((model.train(seed != 3), layer, images, class_index))
    return cases


# (seed, images, layer, class): in these networks each slip of `slips_of` gives other channels than all the others
SEEDS = ((19, 4, "2", 2), (3, 3, "0", 0), (6, 3, "0", 0), (3, 4, "2", 1), (19, 3, "0", 1), (20, 4, "2", 0))


def judge_needed(most_needed: Callable[[nn.Module, str, Tensor, int], int]) -> None:
    """Ask for the channel in several networks, and compare with what the usual slips would give in all of them."""
    cases, answers = needed_cases(), []
    for model, layer, images, class_index in cases:
        before, modes = state_of(model), [module.training for module in model.modules()]
        got = most_needed(model, layer, images.clone(), class_index)
        demand_no_hooks(model, "after the call")
        demand_as_it_was(model, before, modes)
        answers.append(demand_channel_number(got, drops_of(model, layer, images, class_index)))
    wanted = [int(drops_of(*case).argmax()) for case in cases]
    if answers == wanted:
        return
    first = next(number for number, (a, b) in enumerate(zip(answers, wanted, strict=True)) if a != b)
    _, layer, images, class_index = cases[first]
    drops = [round(drop, 3) for drop in drops_of(*cases[first]).tolist()]
    cause, next_step = why_another_channel(answers, cases) or (
        f"right in {sum(map(int.__eq__, answers, wanted))} of {len(cases)} cases; these are not the drops of one "
        f"channel at a time, of this class, over all images: {told_drop(answers[first], drops)}",
        "open the mask inside the loop, so that it ends before the next begins; average over the images",
    )
    raise Wrong(
        got=f"{answers[first]} (layer {layer!r}, {len(images)} images, class {class_index})",
        wanted=f"{wanted[first]}; the drops are {drops}",
        cause=cause,
        next_step=next_step,
    )


def told_drop(channel: int, drops: list[float]) -> str:
    """Return what happens without this channel, in words."""
    if channel not in range(len(drops)):
        return f"the layer has no channel {channel}, only 0 to {len(drops) - 1}"
    return f"without channel {channel} the mean logit falls by {drops[channel]:g} only"


def state_of(model: nn.Module) -> list[Tensor]:
    """Return a copy of all weights."""
    return [parameter.detach().clone() for parameter in model.parameters()]


def demand_as_it_was(model: nn.Module, weights: list[Tensor], modes: list[bool]) -> None:
    """Raise Wrong if the model's weights or its mode have changed."""
    same = all(torch.equal(a, b) for a, b in zip(weights, model.parameters(), strict=True))
    if same and modes == [module.training for module in model.modules()]:
        return
    raise Wrong(
        got="a model in another mode than before" if same else "a model with other weights",
        wanted="the model as it was",
        cause="`model.eval()` or `model.train()` stays after the call"
        if same
        else "the channel was cut out of the weights, and they are still gone",
        next_step="leave the mode to the caller"
        if same
        else "mask the layer's output instead: the mask goes with its block",
    )


@torch.no_grad()
def masked_logits(model: nn.Module, layer: str, images: Tensor, groups: list[list[int]]) -> Tensor:
    """Return the logits (G, N, C) with each group of channels masked."""
    rows = []
    for group in groups:
        with mask_channels(model, layer, group):
            rows.append(model(images))
    return torch.stack(rows)


def drops_of(model: nn.Module, layer: str, images: Tensor, class_index: int) -> Tensor:
    """Return by how much the class's mean logit falls when each channel is masked, (K,)."""
    channels = model.get_submodule(layer).out_channels
    masked = masked_logits(model, layer, images, [[channel] for channel in range(channels)])
    with torch.no_grad():
        return model(images)[:, class_index].mean() - masked[:, :, class_index].mean(1)


def demand_channel_number(got: object, drops: Tensor) -> int:
    """Return the answer as an int, or raise Wrong if it is no number of a channel."""
    got = got.item() if isinstance(got, Tensor) and got.numel() == 1 else got
    got = got.item() if hasattr(got, "item") and not isinstance(got, Tensor) else got
    if isinstance(got, int) and not isinstance(got, bool):
        return got
    cause, next_step = f"it is of type {type(got).__name__}, not a channel number", "return the index, an int"
    if got is None:
        cause, next_step = "it is None: is there a return?", "return the number of the channel"
    elif isinstance(got, float):
        cause += ": this is how large the drop or the logit is, not where it is"
    elif isinstance(got, list | tuple | Tensor) and len(got) == len(drops):
        cause += ": all channels came; hand in the one that is needed most"
    elif isinstance(got, list | tuple):
        cause += ": more than the number came; hand in the number alone"
    elif isinstance(got, str):
        cause += ": a number in a text"
    raise Wrong(got=got, wanted=f"{int(drops.argmax())}, the number of a channel", cause=cause, next_step=next_step)


Case = tuple[nn.Module, str, Tensor, int]


def why_another_channel(answers: list[int], cases: list[Case]) -> tuple[str, str] | None:
    """Return (cause, next step) of the slip that would give just these answers."""
    tried: dict[str, list[int]] = {}
    for case in cases:
        for cause, number in slips_of(*case).items():
            tried.setdefault(cause, []).append(number)
    for cause, numbers in tried.items():
        if numbers == answers:
            said, _, step = cause.partition(" -> ")
            return said, step
    if set(answers) == {0}:
        return (
            "the answer is 0 for every network: all drops are the same (the logits were taken outside the block of the "
            "mask, or the mask changes nothing), or the loop ends in its first round",
            "take the logits inside the block of the mask; a hook that masks must return the changed output",
        )
    if len(set(answers)) == 1:
        return f"the answer is {answers[0]} for every network: a fixed number", "work it out from what comes in"
    return None


BEST = "look for the channel without which the logit is lowest"
EVERY = "take logits[:, class_index] and the mean over all images"


@torch.no_grad()
def slips_of(model: nn.Module, layer: str, images: Tensor, class_index: int) -> dict[str, int]:
    """Return what the usual slips give: {cause -> next step: channel}."""
    channels = range(model.get_submodule(layer).out_channels)
    plain, one = model(images), masked_logits(model, layer, images, [[k] for k in channels])
    return (
        slips_of_order((plain - one)[:, :, class_index].mean(1), plain[:, class_index].mean())
        | slips_of_reading(plain, one, class_index)
        | slips_of_masking(model, layer, images, class_index)
        | {
            "the weights were set to 0 and the bias stayed: the channel is not silent -> mask the output": int(
                weights_only(model, layer, images)[:, :, class_index].mean(1).argmin()
            ),
            "images were masked, not channels: the channels are the second dimension -> output[:, channel]": int(
                pictures_masked(model, layer, images)[:, :, class_index].mean(1).argmin()
            ),
        }
    )


def slips_of_order(drop: Tensor, mean: Tensor) -> dict[str, int]:
    """Return the slips of those who have the right drops (K,), and take the wrong one."""
    return {
        "without this channel the logit stays highest, or even grows: it is needed least, or speaks against the class"
        " -> " + BEST: int(drop.argmin()),
        "the largest change, up or down, was taken: a drop has a sign, so abs() is wrong here -> " + BEST: int(
            drop.abs().argmax()
        ),
        "the channels are counted from 1 -> PyTorch counts from 0": int(drop.argmax()) + 1,
        "the last channel was never tried -> range(number of channels), without - 1": int(drop[:-1].argmax()),
        "channel 0 was never tried -> begin the range at 0": int(drop[1:].argmax()) + 1,
        "channel 0 was never tried, and the positions are shifted by one -> begin at 0": int(drop[1:].argmax()),
        "the drop was divided by the logit, which may be negative -> compare the drops themselves": int(
            (drop / mean).argmax()
        ),
    }


def slips_of_reading(plain: Tensor, one: Tensor, c: int) -> dict[str, int]:
    """Return the slips of those who mask rightly, and read other numbers than the class's mean logit."""
    falls = {
        "only the first image was looked at": (plain - one)[:, 0, c],
        "only the last image was looked at": (plain - one)[:, -1, c],
        "a row of the logits was taken, one image, where the column of the class was wanted": (plain - one)[
            :, c % plain.shape[0]
        ].mean(1),
        "the logits of all classes were averaged": (plain - one).mean((1, 2)),
        "the logit of class 0 was taken, whatever was asked": (plain - one)[:, :, 0].mean(1),
        "the logit of the next class was taken": (plain - one)[:, :, (c + 1) % plain.shape[1]].mean(1),
        "probabilities (softmax) were compared, not logits": (plain.softmax(1) - one.softmax(2))[:, :, c].mean(1),
        "log-probabilities were compared, not logits": (plain.log_softmax(1) - one.log_softmax(2))[:, :, c].mean(1),
        "the largest logit of each image was taken, whichever class it belongs to": plain.amax(1).mean()
        - one.amax(2).mean(1),
        "the largest logit over the images was taken, not their mean": -one[:, :, c].amax(1),
        "the smallest logit over the images was taken, not their mean": -one[:, :, c].amin(1),
        "the number of recognised images was compared, not the mean logit": -(one.argmax(2) == c).sum(1),
    }
    return {f"{cause} -> {EVERY}": int(fall.argmax()) for cause, fall in falls.items()}


def slips_of_masking(model: nn.Module, layer: str, images: Tensor, c: int) -> dict[str, int]:
    """Return the slips of those who mask something else than one channel."""
    with record_outputs(model, layer) as outputs:
        plain = model(images)
    seen, channels = outputs[layer], range(model.get_submodule(layer).out_channels)
    pile = masked_logits(model, layer, images, [list(range(k + 1)) for k in channels])
    alone = masked_logits(model, layer, images, [[j for j in channels if j != k] for k in channels])
    return {
        "the masks pile up: with each channel all those before it are silent, too -> one channel at a time: open the "
        "mask inside the loop": int(pile[:, :, c].mean(1).argmin()),
        "the masks pile up, and the steps between them were compared -> one channel at a time": int(
            torch.cat([plain[None], pile])[:, :, c].mean(1).diff().argmin()
        ),
        "all channels but this one were masked -> mask the one, keep the others": int(alone[:, :, c].mean(1).argmin()),
        "only this channel was kept, and the highest logit taken -> mask one at a time": int(
            alone[:, :, c].mean(1).argmax()
        ),
        "the strongest channel was taken: its activation says nothing about this class -> mask it, and look at the "
        "logit": int(seen.mean((0, 2, 3)).argmax()),
        "the channel of the largest values was taken -> mask it, and look at the logit": int(
            seen.abs().mean((0, 2, 3)).argmax()
        ),
    }


def weights_only(model: nn.Module, layer: str, images: Tensor) -> Tensor:
    """Return the logits (K, N, C) if each channel keeps its bias and loses its weights."""
    target, rows = model.get_submodule(layer), []
    for channel in range(target.out_channels):
        index = torch.tensor([channel])
        stay = target.bias[channel].item()
        mask = lambda module, args, output, index=index, stay=stay: output.index_fill(1, index, stay)  # noqa: E731
        with target.register_forward_hook(mask):
            rows.append(model(images))
    return torch.stack(rows)


def pictures_masked(model: nn.Module, layer: str, images: Tensor) -> Tensor:
    """Return the logits (K, N, C) if in place of channel k picture k is set to 0, where there is one."""
    target, rows = model.get_submodule(layer), []
    for channel in range(target.out_channels):
        kept = (torch.arange(len(images)) != channel).float().view(-1, 1, 1, 1)
        with target.register_forward_hook(lambda module, args, output, kept=kept: output * kept):
            rows.append(model(images))
    return torch.stack(rows)


SHAPES = """
def layer_shapes(model, images):
    shapes = {}

    def store(name, module, args, output):
        shapes[name] = tuple(output.shape)

    with ExitStack() as hooks:
        for name, layer in model.named_modules():
            if name:
                hooks.enter_context(layer.register_forward_hook(partial(store, name)))
        model(images)
    return shapes
"""

SHAPES_BY_HAND = """
def layer_shapes(model, images):
    shapes, handles = {}, []
    for name, layer in model.named_modules():
        if name:
            def store(module, args, output, name=name):
                shapes[name] = tuple(output.shape)
            handles.append(layer.register_forward_hook(store))
    model(images)
    for handle in handles:
        handle.remove()
    return shapes
"""

PEEK = """
def peek(model, layer, images):
    seen = {}
    layer.register_forward_hook(lambda module, args, output: seen.setdefault("output", output.detach()))
    return model(images), seen["output"]
"""

PEEK_MENDED = """
def peek(model, layer, images):
    seen = []

    def store_output(module, args, output):
        seen.append(output.detach().clone())

    with layer.register_forward_hook(store_output):
        result = model(images)
    return result, seen[-1]
"""

NEEDED = """
def most_needed(model, layer, images, class_index):
    with torch.no_grad(), record_outputs(model, layer) as outputs:
        model(images)
    logits = []
    for channel in range(outputs[layer].shape[1]):
        with torch.no_grad(), mask_channels(model, layer, channel):
            logits.append(model(images)[:, class_index].mean().item())
    return logits.index(min(logits))
"""


# 06.5: the panel of the surgery

PANEL = 11  # the picture that the exercise asks about
CHANGED = "how many silent channels of conv1, from channel 12 upwards, change the answer to picture 11, and to what"


@cache
def surgery() -> Scene:
    """Return what the lesson's panel shows: the shipped network, and its first twelve pictures."""
    return prepared(load_shipped("simplecnn_shapes10").model, shapes10(400, seed=600)[:12])


@cache
def word_after(count: int, layer: str = "conv1", channel: int = 12, picture: int = PANEL) -> str:
    """Return what the panel's network says with so many silent channels."""
    logits = operated(surgery(), State(picture, layer, channel, count, 0.0))
    return surgery().album.names[int(logits.argmax())]


@cache
def first_change() -> int:
    """Return how many silent channels change the answer for the first time."""
    return next(count for count in range(1, LAYERS["conv1"] + 1) if turns_at(count, "conv1", 12, PANEL))


def turns_at(count: float, layer: str, channel: int, picture: int) -> bool:
    """Return whether so many silent channels change the answer, and one less do not."""
    if count not in range(1, LAYERS[layer] + 1):
        return False
    healthy = surgery().album.names[int(surgery().healthy[picture].argmax())]
    before, after = (word_after(int(count) - less, layer, channel, picture) for less in (1, 0))
    return before == healthy != after


def judge_surgery(answer: object) -> None:
    """Operate on the picture as the panel does, one channel more at a time."""
    first, second = findings.demand_pair(answer, CHANGED)
    if isinstance(first, str) and not isinstance(second, str):
        raise Wrong(
            got=answer,
            wanted=CHANGED,
            cause="the two are the wrong way round",
            next_step="write the number first, then the name",
        )
    count = findings.demand_number(first, CHANGED)
    word = findings.demand_word(second, surgery().album.names, CHANGED)
    if (count, word) != (first_change(), word_after(first_change())):
        cause, next_step = why_another_change(count, word)
        raise Wrong(got=f"{count:g} channels, then {word}", wanted=CHANGED, cause=cause, next_step=next_step)


def why_another_change(count: float, word: str) -> tuple[str, str]:
    """Return (cause, next step) for a wrong number, or the right one with a wrong name."""
    wanted = first_change()
    if count == wanted:
        return why_another_word(word)
    if count == wanted - 1:
        return "this is the last number at which it still says heart: one too few", "silence one more, and read again"
    if count == 12 + wanted - 1:
        return "this is the number of a channel; the question is how many are silent", "read the slider How many"
    usual = {
        "the first channel was 0, not 12": ("conv1", 0, PANEL),
        "the layer was conv2, not conv1": ("conv2", 12, PANEL),
        "the layer was conv2, and the first channel 0": ("conv2", 0, PANEL),
        "the layer was conv3, not conv1": ("conv3", 12, PANEL),
        "the layer was conv3, and the first channel 0": ("conv3", 0, PANEL),
        "this is the star, picture 3, which the lesson asks about": ("conv1", 12, 3),
        "this is the square, picture 9, which the lesson asks about": ("conv1", 12, 9),
    }
    for cause, (layer, channel, picture) in usual.items():
        if turns_at(count, layer, channel, picture) and word == word_after(int(count), layer, channel, picture):
            return cause, "set picture 11, layer conv1, first channel 12, multiply by 0"
    return why_far_off(count, wanted)


def why_another_word(word: str) -> tuple[str, str]:
    """Return (cause, next step) if the number is right, and the name is not."""
    if word == surgery().album.truth(PANEL):
        return "heart is what it said before the operation", "read what it says now: after 'the network says'"
    return "the number is right; this is not what the network says then", "read the name after 'the network says'"


def why_far_off(count: float, wanted: int) -> tuple[str, str]:
    """Return (cause, next step) for any other number."""
    if count != count // 1:
        return f"{count:g} is no whole number, and channels are counted", "read the slider How many"
    if count > wanted and count <= LAYERS["conv1"]:
        return (
            "it has changed its mind before: with fewer silent channels it says something else already",
            "come from 1, one channel at a time, and stop at the first change",
        )
    if 1 <= count < wanted:
        return "with so few silent channels it still says heart; is the factor 0?", "set Multiply by to 0, and go on"
    return f"{count:g} is no number of channels that conv1 has", "read the slider How many"


EXERCISES = (
    Exercise(
        id="06.1",
        title="Which calls call the hook?",
        difficulty="easy",
        minutes=4,
        task="A hook on conv appends to a list, and five lines run the model. How long is the list? Hand in a number.",
        hints=(
            "PyTorch calls the hooks of a layer when the layer is called like a function: layer(x).",
            "Inside forward, the author of the model calls the layers like functions.",
            "Line by line: yes; yes, because forward calls self.conv(...); no; yes; no.",
        ),
        starter="answer = ...",
        solution="answer = 3",
        alternative="""
model, images, fired = SimpleModel(), torch.zeros(1, 1, 4, 4), []
handle = model.conv.register_forward_hook(lambda module, args, output: fired.append(1))
model(images)
model.forward(images)
model.conv.forward(images)
with torch.no_grad():
    model(images)
handle.remove()
model(images)
answer = len(fired)
""",
        name="answer",
        judge=judge_count,
        praise="Right: calling layer(x) reaches its hooks, layer.forward(x) does not. And a hook on `model`: how many?",
        mistakes=(
            Mistake("forward never calls hooks", "answer = 2", "model.forward"),
            Mistake("forward never calls hooks, and no_grad silences them", "answer = 1", "two calls are missing"),
            Mistake("conv.forward calls them", "answer = 4", "walks past"),
            Mistake("everything counts", "answer = 5", "every line was counted"),
            Mistake("append returns None", "answer = 0", "append does count"),
            Mistake("a list", "answer = [1, 1, 1]", "not a whole number"),
        ),
        setup="import torch\nfrom course_utils.models import SimpleModel",
    ),
    Exercise(
        id="06.2",
        title="A table of shapes",
        difficulty="medium",
        minutes=10,
        task=(
            "Write layer_shapes(model, images): a dict from the name of every layer inside the model that ran to the "
            "shape of its output, as a tuple. No hook may stay, not even if the model raises an error."
        ),
        hints=(
            "One hook for each layer; each must know its own name. And the hooks must go, whatever happens.",
            "model.named_modules() gives names and layers; the first name is empty, it is the model itself.",
            "hooks.enter_context(layer.register_forward_hook(partial(store, name))); run the model inside the block",
        ),
        starter="def layer_shapes(model, images):\n    ...",
        solution=SHAPES,
        alternative="""
def layer_shapes(model, images):
    with record_outputs(model) as outputs:
        model(images)
    return {name: tuple(output.shape) for name, output in outputs.items()}
""",
        name="layer_shapes",
        judge=judge_shapes,
        praise="Right: that is what the summary tools do. Try it on torchvision's resnet18: which layer runs twice?",
        mistakes=(
            Mistake("only the children", SHAPES.replace("named_modules", "named_children"), "layers inside a layer"),
            Mistake("lists", SHAPES.replace("tuple(output.shape)", "list(output.shape)"), "are lists"),
            Mistake(
                "without the batch", SHAPES.replace("output.shape)", "output.shape[1:])"), "first number is missing"
            ),
            Mistake(
                "kinds for names", SHAPES.replace("shapes[name]", "shapes[type(module).__name__]"), "kinds of layers"
            ),
            Mistake(
                "forward walks past",
                SHAPES.replace("model(images)", "model.forward(images)"),
                "walks past the hooks of the model",
            ),
            Mistake("all under one name", SHAPES_BY_HAND.replace("output, name=name", "output"), "late binding"),
            Mistake(
                "never removes",
                SHAPES_BY_HAND.replace("        handle.remove()", "        pass"),
                "hooks left on the model after the call",
            ),
            Mistake("not removed after an error", SHAPES_BY_HAND, "after an error"),
            Mistake(
                "removed before the model runs",
                SHAPES.replace("        model(images)\n", "    model(images)\n"),
                "no hook was on",
            ),
            Mistake("the model itself", SHAPES.replace("if name:", "if True:"), "the model itself is in the table"),
            Mistake("shape of the input", SHAPES.replace("output.shape", "args[0].shape"), "shapes of the inputs"),
            Mistake("stores tensors", SHAPES.replace("tuple(output.shape)", "output"), "whole tensors"),
            Mistake(
                "swallows the error",
                SHAPES.replace(
                    "        model(images)\n",
                    "        try:\n            model(images)\n        except Exception:\n            pass\n",
                ),
                "swallowed",
            ),
        ),
        setup=(
            "import torch\nfrom contextlib import ExitStack\nfrom functools import partial\n"
            "from course_utils.hooks import record_outputs"
        ),
    ),
    Exercise(
        id="06.3",
        title="Break it, then fix it",
        difficulty="medium",
        minutes=8,
        task=(
            "peek returns the model's result and what one layer returned. It has three faults: find and mend them. The "
            "result must keep its graph, the record must be a true copy without a graph, and no hook may stay."
        ),
        hints=(
            "Each fault is one of this lesson's traps. Look at min() of the record, and at count_hooks(model).",
            "What does setdefault return? Whose memory does detach() show? Who removes the hook?",
            "A def that stores output.detach().clone() and returns nothing; `with layer.register_forward_hook(...):`",
        ),
        starter=PEEK,
        solution=PEEK_MENDED,
        alternative="""
def peek(model, layer, images):
    seen = {}
    handle = layer.register_forward_hook(lambda module, args, output: seen.update(output=output.clone().detach()))
    try:
        return model(images), seen["output"]
    finally:
        handle.remove()
""",
        name="peek",
        judge=judge_peek,
        praise="Right: return nothing, copy, and let a block remove the hook. Those three lines are record_outputs.",
        mistakes=(
            Mistake(
                "sweeps out everybody's hooks",
                PEEK_MENDED.replace("    return", "    layer._forward_hooks.clear()\n    return"),
                "sweeps out",
            ),
            Mistake("two runs", PEEK_MENDED.replace("return result,", "return model(images),"), "two runs"),
            Mistake("swapped", PEEK_MENDED.replace("return result, seen[-1]", "return seen[-1], result"), "swapped"),
            Mistake(
                "what the layer received",
                PEEK_MENDED.replace("output.detach()", "args[0].detach()"),
                "what the layer received",
            ),
            Mistake(
                "still returns the record",
                PEEK_MENDED.replace("        seen.append", "        return seen.append").replace(
                    "seen.append(output.detach().clone())", "seen.append(output.detach().clone()) or seen[-1]"
                ),
                "hook returned something",
            ),
            Mistake("shares the memory", PEEK_MENDED.replace(".clone()", ""), "shares the memory"),
            Mistake("keeps the graph", PEEK_MENDED.replace(".detach()", ""), "still part of the graph"),
            Mistake(
                "the hook stays",
                PEEK_MENDED.replace("    with layer", "    if layer"),
                "hooks left on the model after the call",
            ),
            Mistake(
                "removed, but not after an error",
                PEEK_MENDED.replace("    with layer", "    handle = layer")
                .replace("(store_output):", "(store_output)")
                .replace("        result = model(images)", "    result = model(images)\n    handle.remove()"),
                "after an error",
            ),
            Mistake(
                "forgets the record", PEEK_MENDED.replace("return result, seen[-1]", "return result"), "not a pair"
            ),
            Mistake(
                "cuts the graph with no_grad",
                PEEK_MENDED.replace("    with layer", "    with torch.no_grad(), layer"),
                "no_grad",
            ),
        ),
        setup="import torch\nfrom course_utils.hooks import record_outputs",
        why="The hook returns nothing, so it replaces nothing; nobody can rewrite a copy; the block removes the hook.",
    ),
    Exercise(
        id="06.4",
        title="The channel that it needs most",
        difficulty="hard",
        minutes=12,
        task=(
            "Write most_needed(model, layer, images, class_index): the number of the channel without which the mean "
            "logit of that class falls the most. layer is a dotted name, its output (N, K, ...). Leave the model as it "
            "was."
        ),
        hints=(
            "Take one channel away, look at the logit of the class, put it back, and go on to the next.",
            "record_outputs tells how many channels there are; mask_channels takes one away for the length of a block.",
            "with torch.no_grad(), mask_channels(model, layer, channel): model(images)[:, class_index].mean()",
        ),
        starter="def most_needed(model, layer, images, class_index):\n    ...",
        solution=NEEDED,
        alternative="""
def most_needed(model, layer, images, class_index):
    def without(channel, module, args, output):
        kept = torch.ones(output.shape[1])
        kept[channel] = 0
        return output * kept.view(1, -1, *[1] * (output.ndim - 2))

    sizes = []
    target = model.get_submodule(layer)
    with target.register_forward_hook(lambda module, args, output: sizes.append(output.shape[1])):
        plain = model(images)[:, class_index].mean()
    drops = []
    for channel in range(sizes[0]):
        with target.register_forward_hook(partial(without, channel)):
            drops.append(plain - model(images)[:, class_index].mean())
    return torch.stack(drops).argmax()
""",
        name="most_needed",
        judge=judge_needed,
        praise="Right: that is pruning in small. Grad-CAM, in lesson 11, asks this of all channels at once.",
        mistakes=(
            Mistake(
                "counts from 1",
                NEEDED.replace("logits.index(min(logits))", "logits.index(min(logits)) + 1"),
                "counted from 1",
            ),
            Mistake(
                "the first image alone",
                NEEDED.replace("[:, class_index].mean()", "[0, class_index]"),
                "only the first image",
            ),
            Mistake(
                "a row for a column",
                NEEDED.replace("[:, class_index].mean()", "[class_index % len(images)].mean()"),
                "a row of the logits",
            ),
            Mistake(
                "probabilities",
                NEEDED.replace("(images)[:, class_index]", "(images).softmax(1)[:, class_index]"),
                "probabilities (softmax)",
            ),
            Mistake(
                "the last channel is left out",
                NEEDED.replace("shape[1])", "shape[1] - 1)"),
                "last channel was never tried",
            ),
            Mistake(
                "all before it, too",
                NEEDED.replace("(model, layer, channel)", "(model, layer, list(range(channel + 1)))"),
                "masks pile up",
            ),
            Mistake("needed least", NEEDED.replace("min(logits)", "max(logits)"), "needed least"),
            Mistake(
                "masks pile up",
                """
def most_needed(model, layer, images, class_index):
    target, logits, handles = model.get_submodule(layer), [], []
    with torch.no_grad(), record_outputs(model, layer) as outputs:
        plain = [model(images)[:, class_index].mean()]
    for channel in range(outputs[layer].shape[1]):
        mask = lambda module, args, output, channel=channel: output.index_fill(1, torch.tensor([channel]), 0)
        handles.append(target.register_forward_hook(mask))
        plain.append(model(images)[:, class_index].mean())
    for handle in handles:
        handle.remove()
    return int(torch.stack(plain).diff().argmin())
""".replace("int(torch.stack(plain).diff().argmin())", "int(torch.stack(plain[1:]).argmin())"),
                "one channel at a time",
            ),
            Mistake(
                "the size of the change, not its sign",
                NEEDED.replace("return logits.index(min(logits))", "").replace(
                    "        model(images)\n", "        plain = model(images)[:, class_index].mean().item()\n"
                )
                + "    changes = [abs(plain - logit) for logit in logits]\n    return changes.index(max(changes))\n",
                "a drop has a sign",
            ),
            Mistake(
                "the hooks stay",
                NEEDED.replace("torch.no_grad(), mask_channels(model, layer, channel)", "torch.no_grad()").replace(
                    "    for channel",
                    "    model.get_submodule(layer).register_forward_hook(lambda module, args, output: None)\n"
                    "    for channel",
                ),
                "hooks left on the model",
            ),
            Mistake(
                "cuts the weights",
                NEEDED.replace(
                    "        with torch.no_grad(), mask_channels(model, layer, channel):\n",
                    "        with torch.no_grad():\n            next(model.parameters())[channel] = 0\n",
                ),
                "other weights",
            ),
            Mistake("returns the logit", NEEDED.replace("logits.index(min(logits))", "min(logits)"), "of type float"),
        ),
        setup=(
            "import torch\nfrom functools import partial\nfrom course_utils.hooks import mask_channels, record_outputs"
        ),
    ),
    Exercise(
        id="06.5",
        title="Explore: how many until a heart is none",
        difficulty="easy",
        minutes=5,
        task=(
            "In the panel: picture 11, a heart; conv1, first channel 12, multiply by 0. Raise 'How many' from 1 until "
            "the network changes its mind. Hand in (how many are silent then, what it says then)."
        ),
        hints=(
            "One channel more at a time; the last words of the caption are the network's answer.",
            "The slider How many counts channels: 12, then 12 and 13, then 12 to 14, and so on.",
            "With channels 12 to 17 silent it still says heart; take one more.",
        ),
        starter="found = (..., ...)",
        solution='found = (7, "cross")',
        alternative="""
from course_utils.hooks import mask_channels
picture, found = data.images[11:12], None
for count in range(1, 33):
    with torch.no_grad(), mask_channels(shipped.model, "conv1", list(range(12, 12 + count))):
        word = shipped.class_names[shipped.model(picture).argmax().item()]
    if word != "heart":
        found = [count, word]
        break
""",
        name="found",
        judge=judge_surgery,
        seconds=30.0,
        praise=(
            "Right: with channels 12 to 17 silent it still says heart, with 18 gone too it says cross. Now begin at "
            "channel 0: how many does it take there, and what does that say about the seven?"
        ),
        mistakes=(
            Mistake("the last heart", 'found = (6, "heart")', "one too few"),
            Mistake("one too many", 'found = (8, "cross")', "changed its mind before"),
            Mistake("number of the last channel", 'found = (18, "cross")', "number of a channel"),
            Mistake("begins at channel 0", 'found = (19, "cross")', "first channel was 0"),
            Mistake("the star", 'found = (9, "cross")', "picture 3"),
            Mistake("the truth, not the answer", 'found = (7, "heart")', "before the operation"),
            Mistake("another name", 'found = (7, "star")', "this is not what the network says"),
            Mistake("swapped", 'found = ("cross", 7)', "wrong way round"),
            Mistake("number only", "found = 7", "two things were asked for"),
        ),
        setup=(
            "import torch\nfrom course_utils.datasets import shapes10\nfrom course_utils.shipped import load_shipped\n"
            'shipped, data = load_shipped("simplecnn_shapes10"), shapes10(400, seed=600)'
        ),
    ),
)
