"""The service that a Python user would write: FastAPI, uvicorn (with uvloop and httptools where they are) and onnxruntime.

    python3 fastapi_service.py MODEL.onnx PORT WORKERS"""
import os
import sys

import numpy as np
import onnxruntime
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

MODEL = os.environ.get("STIFFNET_MODEL") or sys.argv[1]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = 1
session = onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
app = FastAPI()


class Request(BaseModel):
    rows: list[list[float]]


class Response(BaseModel):
    outputs: list[list[float]]


@app.post("/predict")
async def predict(request: Request) -> Response:
    rows = np.asarray(request.rows, dtype=np.float32)
    return Response(outputs=session.run(["outputs"], {"inputs": rows})[0].tolist())


if __name__ == "__main__":
    os.environ["STIFFNET_MODEL"] = MODEL
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    uvicorn.run(
        "fastapi_service:app",
        host="127.0.0.1",
        port=int(sys.argv[2]),
        workers=int(sys.argv[3]),
        access_log=False,
        log_level="warning",
    )
