"""Errors that are an answer: what is wrong and what to do."""


class Refused(Exception):
    """A model that cannot be taken. `code` is one of bento's error codes."""

    def __init__(self, code, message, hint):
        super().__init__(message)
        self.code = code
        self.hint = hint

    def __str__(self):
        return f"{self.args[0]}. {self.hint}"


def unsupported(what):
    return Refused(
        "MODEL_UNSUPPORTED",
        f"{what} is not supported",
        "Train the model without it, or export it to ONNX and compare the predictions.",
    )


def needs(package, line):
    """Turns a missing package into the line to type."""
    return Refused("PACKAGE_MISSING", f"This Python has no package {package}", f"Run `{line}`.")
