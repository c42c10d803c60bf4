"""Pictures that move: one file for each panel, all under the same thin coat of widgets.

    from course_utils.panels import late_binding

    late_binding.panel()                                    # in a cell: sliders, picture, caption
    late_binding.render(late_binding.State(moment=3))       # anywhere: (picture, caption), without any widget

Every panel module has a frozen ``State`` (what the controls say), a pure ``render`` (state, and the panel's data if it
has any, to picture and caption) and ``panel(...)``, which a lesson calls as the last line of a cell.

    sheet, charts, colours, png     drawing: lines, text, curves, bars, heat; all of it arrays
    controls                        what the learner can move, as data
    panel                           state + controls + render = a panel, as data
    drawings                        the PNG and the caption of each state, kept, and drawn ahead of time
    coat, companion                 the widgets, and the few lines of JavaScript that show and label them
"""
