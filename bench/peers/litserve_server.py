"""The mlp of this benchmark, served by LitServe in batches."""

import os

import litserve
import numpy as np
import onnxruntime


class Mlp(litserve.LitAPI):
    def setup(self, device):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(os.environ["MODEL"], options)

    def decode_request(self, request):
        return np.asarray(request["x"][0], dtype=np.float32)

    def batch(self, inputs):
        return np.stack(inputs)

    def predict(self, batch):
        return self.session.run(None, {"x": batch})[0]

    def unbatch(self, output):
        return list(output)

    def encode_response(self, output):
        return [output.tolist()]


if __name__ == "__main__":
    api = Mlp(max_batch_size=64, batch_timeout=0.005)
    server = litserve.LitServer(api, accelerator="cpu", workers_per_device=1)
    server.run(host="127.0.0.1", port=int(os.environ["BENTO_PORT"]), generate_client_file=False)
