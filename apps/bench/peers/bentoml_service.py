"""The same by BentoML, as its guides write a service, with onnxruntime.

    python3 bentoml_service.py MODEL.onnx PORT WORKERS"""
import os
import sys

os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")
import bentoml  # noqa: E402
import numpy as np  # noqa: E402
import onnxruntime  # noqa: E402


@bentoml.service(workers=int(os.environ.get("STIFFNET_WORKERS", "1")), logging={"access": {"enabled": False}})
class Surrogate:
    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(
            os.environ["STIFFNET_MODEL"], options, providers=["CPUExecutionProvider"])

    @bentoml.api
    def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.session.run(["outputs"], {"inputs": rows.astype(np.float32)})[0]


if __name__ == "__main__":
    model, port, workers = sys.argv[1:]
    os.environ.update(STIFFNET_MODEL=os.path.abspath(model), STIFFNET_WORKERS=workers)
    os.execv(sys.executable, [
        sys.executable, "-m", "bentoml", "serve", "bentoml_service:Surrogate", "--host", "127.0.0.1", "--port", port,
        "--working-dir", os.path.dirname(os.path.abspath(__file__)), "--quiet"])
