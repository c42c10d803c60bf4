"""What the judges of several lessons share: they demand something of an answer, and say how a wrong one came about.

Nothing here knows a lesson; a lesson's own mistakes stay with the lesson, which hands them in.

    trying, error_meanings          run a learner's function; an error in it, in words
    graph_errors, learners_code     where the graph was cut; what the learner's code holds
    functions, numbers, traces      demand a function, a number, and that a call leaves nothing behind
    kinds, shapes, axes             demand a tensor: made from another one, or with named axes
    closeness, values, slips        equal or not; known mistakes, slips and factors
    differences                     recipes of slips, and in what respect numbers differ
    named_errors, parameters        tables of causes; a function with the parameters that the task names
    syntax                          what stands in the learner's code, as a tree
    scores, cam                     what people differentiate, and compute, in place of the logit and of Grad-CAM
"""
