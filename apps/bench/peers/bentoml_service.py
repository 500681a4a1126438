"""The same by BentoML, as its guides write a service, with onnxruntime; uvicorn runs its ASGI application.

    python3 bentoml_service.py MODEL.onnx PORT WORKERS"""
import os

os.environ.setdefault("BENTOML_DO_NOT_TRACK", "True")

import bentoml
import numpy as np

from onnx_service import open_session, serve


@bentoml.service(logging={"access": {"enabled": False}})
class Surrogate:
    def __init__(self) -> None:
        self.session = open_session()

    @bentoml.api
    def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.session.run(["outputs"], {"inputs": rows.astype(np.float32)})[0]


app = Surrogate.to_asgi()

if __name__ == "__main__":
    serve("bentoml_service:app")
