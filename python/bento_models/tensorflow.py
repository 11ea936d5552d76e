"""Saves models of TensorFlow and Keras."""
import os
import tempfile

from . import networks, saving, tensorflow_script


def save_model(name, model, *, serving=None, sample=None, **options):
    """Stores a Keras model, a tf.Module, or what a path holds (SavedModel, .keras, .h5, .tflite), and returns its tag.

    `serving`: the tf.function of a module that answers, with its input_signature.
    `sample`: rows to compare predictions on, an array or arrays by the names of inputs; made up without it.
    Options: `signatures`, `labels`, `metadata`, `version`, `files` (paths of what belongs to it), `to` (a path).
    """
    saving.checked(name, "name")
    with tempfile.TemporaryDirectory() as folder:
        network = network_of(model, serving, os.path.join(folder, "model"))
        columns = None if sample is None else networks.columns_of(sample, network.ports)
        source = networks.MADE_UP if sample is None else "rows that were given"
        converted = networks.convert_on(network, columns, source)
    return saving.save_converted(name, "tensorflow", converted, options)


def network_of(model, serving, folder):
    import keras
    import tensorflow

    if isinstance(model, (str, os.PathLike)):
        return tensorflow_script.load(os.fspath(model), True)
    if isinstance(model, keras.Model):
        return tensorflow_script.of_keras(model)
    tensorflow.saved_model.save(model, folder, serving and {"serving_default": serving})
    return tensorflow_script.load(folder, True)
