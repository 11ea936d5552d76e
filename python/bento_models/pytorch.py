"""Saves modules and programs of PyTorch."""
import os
import tempfile

from . import networks, pytorch_script, saving
from .errors import Refused


def save_model(name, model, *, example_inputs=None, sample=None, **options):
    """Stores a module, an exported program or TorchScript, and returns its tag.

    `example_inputs`: a tuple of tensors, for a module; the first length of each may vary.
    `sample`: rows to compare predictions on, an array or arrays by the names of inputs; made up without it.
    Options: `signatures`, `labels`, `metadata`, `version`, `files` (paths of what belongs to it), `to` (a path).
    """
    saving.checked(name, "name")
    shown = None if sample is None else lambda ports: networks.columns_of(sample, ports)
    network = network_of(model, example_inputs, shown)
    source = networks.MADE_UP if shown is None else "rows that were given"
    converted = networks.convert_on(network, shown and shown(network.ports), source)
    return saving.save_converted(name, "pytorch", converted, options)


def network_of(model, example_inputs, shown):
    import torch

    if isinstance(model, torch.export.ExportedProgram):
        return pytorch_script.Exported(model)
    if isinstance(model, torch.jit.ScriptModule):
        return scripted(model, shown)
    if not isinstance(model, torch.nn.Module):
        raise Refused("MODEL_INVALID", f"A {type(model).__name__} is no module of PyTorch", "Give the model itself.")
    if example_inputs is None:
        raise Refused(
            "USAGE",
            "A module does not say what its inputs look like",
            "Give example_inputs, a tuple of tensors as `forward` takes them.",
        )
    shapes = tuple({0: torch.export.Dim.AUTO} for _ in example_inputs)
    return pytorch_script.Exported(torch.export.export(model.eval(), tuple(example_inputs), dynamic_shapes=shapes))


def scripted(module, shown):
    """The shapes that it was traced with come with the file."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.pt")
        module.save(path)
        return pytorch_script.load(path, shown)
