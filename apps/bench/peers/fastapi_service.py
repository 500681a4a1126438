"""The service that a Python user would write: FastAPI, uvicorn (with uvloop and httptools where they are) and onnxruntime.

    python3 fastapi_service.py MODEL.onnx PORT WORKERS"""
import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

from onnx_service import open_session, serve

session = open_session()
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
    serve("fastapi_service:app")
