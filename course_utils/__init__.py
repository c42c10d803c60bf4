"""The support package of the course *From Callbacks to Grad-CAM*: one room for each subject.

callbacks    events, and decorators that time, log, retry (standard library only)
gradients    the graph behind a tensor: list it, draw it, check a gradient
hooks        find a layer, record what flows through it, change it, trace what fires when
hook_atlas   every hook that torch offers
models       SimpleModel, SimpleCNN, ResNetBlock, XRayClassifier and its small sister
datasets     shapes10, cifar10, photos, image_folder, chest_xray_phantom, pneumonia_mnist
training     fit, evaluate, seed_everything
checkpoints  save and load a trained network; a file never runs code
shipped      the trained networks that come with the course
attribution  Grad-CAM and its family, saliency and its relatives: where a network looks
trust        whether to believe a heatmap
explain      the three-panel figure for a photograph of your own
plotting     arrays in, (figure, caption) out
diagrams     who calls whom, and what functions remember
panels       the sliders of the lessons
exercises    check, hint, solution, progress, quiz
grading      a folder of homework to a table of points
doctor       what is missing on this computer, and the cure

Importing this package imports none of them: ask for the room you need.
"""

__version__ = "1.0.0"
