"""Saves networks with bento_models as a training job would, and prints their tags as JSON."""
import json
import sys


def save_pytorch():
    import torch

    import bento_models

    torch.manual_seed(0)
    module = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 2))
    inputs = (torch.randn(6, 4),)
    program = torch.export.export(module.eval(), inputs, dynamic_shapes=({0: torch.export.Dim("rows")},))
    save = bento_models.pytorch.save_model
    return [
        save("module", module, example_inputs=inputs, signatures={"run": {"batchable": True}}),
        save("program", program, metadata={"loss": 0.25}),
        save("sampled", program, sample=torch.randn(30, 4).numpy()),
        save("traced", torch.jit.trace(module, inputs)),
    ]


def save_tensorflow():
    import keras
    import tensorflow as tf

    import bento_models

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,), name="rows"), keras.layers.Dense(2, name="score")])

    class Own(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 3), tf.float32, name="x")])
        def double(self, x):
            return {"twice": 2 * x}

    own = Own()
    return [
        bento_models.keras.save_model("keras", model),
        bento_models.tensorflow.save_model("sampled", model, sample=tf.random.normal((30, 4)).numpy()),
        bento_models.tensorflow.save_model("own", own, serving=own.double),
    ]


print(json.dumps({"pytorch": save_pytorch, "tensorflow": save_tensorflow}[sys.argv[1]]()))
