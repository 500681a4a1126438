"""The same by BentoML, as its guides write a service, with onnxruntime; uvicorn runs its ASGI application.

    python3 bentoml_service.py MODEL.onnx PORT WORKERS"""
import os
import sys

os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")

import bentoml
import numpy as np
import onnxruntime
import uvicorn

MODEL = os.environ.get("STIFFNET_MODEL") or sys.argv[1]


@bentoml.service(logging={"access": {"enabled": False}})
class Surrogate:
    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])

    @bentoml.api
    def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.session.run(["outputs"], {"inputs": rows.astype(np.float32)})[0]


app = Surrogate.to_asgi()

if __name__ == "__main__":
    os.environ["STIFFNET_MODEL"] = MODEL
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    uvicorn.run(
        "bentoml_service:app",
        host="127.0.0.1",
        port=int(sys.argv[2]),
        workers=int(sys.argv[3]),
        access_log=False,
        log_level="warning",
    )
