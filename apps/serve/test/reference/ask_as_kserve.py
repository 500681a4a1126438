"""What KServe's Python client gets from a server: ask_as_kserve.py HTTP_HOST:PORT GRPC_HOST:PORT MODEL, one JSON
document, each call by its name."""

import asyncio
import json
import logging
import sys

import grpc
import httpx
import numpy as np
from kserve import InferenceGRPCClient, InferenceRESTClient, InferInput, InferRequest, RESTConfig
from kserve.protocol.infer_type import RequestedOutput

# Refusals are asked for here, and told by what is raised.
logging.disable(logging.CRITICAL)
ROWS = np.array([[800, 2, 1.5], [700, 1, 1.2]], dtype=np.float32)


def request(model, rows=ROWS, binary=True, outputs=("outputs",), **options):
    sent = InferInput("inputs", list(rows.shape), "FP32")
    sent.set_data_from_numpy(rows, binary_data=binary)
    wanted = [RequestedOutput(name, {"binary_data": binary}) for name in outputs]
    return InferRequest(model, [sent], request_outputs=wanted, **options)


def answer(response):
    numbers = response.outputs[0].as_numpy()
    return {"outputs": numbers.tolist(), "dtype": str(numbers.dtype), "id": response.id}


async def refused(call):
    """How a call ends that is refused."""
    try:
        await call
    except httpx.HTTPStatusError as error:
        return [error.response.status_code, error.response.json()["error"]]
    except grpc.RpcError as error:
        return [error.code().name, error.details()]
    return None


async def raised(call):
    """The text that a user sees."""
    try:
        await call
    except httpx.HTTPStatusError as error:
        return str(error)
    return None


async def over_http(address, model):
    at = f"http://{address}"
    client = InferenceRESTClient(RESTConfig(protocol="v2"))

    def infer(**options):
        name = options.pop("model", model)
        return client.infer(at, request(name, **options), model_name=name)

    told = {
        "is_server_live": await client.is_server_live(at),
        "is_server_ready": await client.is_server_ready(at),
        "is_model_ready": await client.is_model_ready(at, model),
        "is_model_ready of another": await client.is_model_ready(at, "nothing"),
        "infer in JSON": answer(await infer(binary=False, request_id="mine")),
        "infer in binary": answer(await infer(request_id="mine")),
        "infer, all outputs": answer(await infer(outputs=())),
        "infer of another": await refused(infer(model="nothing")),
        "infer with two columns": await refused(infer(rows=ROWS[:, :2])),
        "infer, output y": await refused(infer(outputs=["y"])),
        "what it raises": await raised(infer(model="nothing")),
    }
    await client.close()
    return told


async def over_grpc(address, model):
    client = InferenceGRPCClient(address)

    def infer(**options):
        return client.infer(request(options.pop("model", model), **options))

    told = {
        "is_server_live": await client.is_server_live(),
        "is_server_ready": await client.is_server_ready(),
        "is_model_ready": await client.is_model_ready(model),
        "is_model_ready of another": await client.is_model_ready("nothing"),
        "infer in binary": answer(await infer(request_id="mine")),
        "infer in numbers": answer(await infer(binary=False, request_id="mine")),
        "infer of another": await refused(infer(model="nothing")),
        "infer with two columns": await refused(infer(rows=ROWS[:, :2])),
        "infer, output y": await refused(infer(outputs=["y"])),
    }
    await client.close()
    return told


async def main(http, address, model):
    print(json.dumps({"http": await over_http(http, model), "grpc": await over_grpc(address, model)}))


asyncio.run(main(*sys.argv[1:]))
