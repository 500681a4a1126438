"""What tritonclient gets from a server: ask_as_triton.py HTTP_HOST:PORT GRPC_HOST:PORT MODEL, one JSON document."""

import json
import sys

import numpy as np
import tritonclient.grpc as grpcclient
import tritonclient.http as httpclient
from google.protobuf.json_format import MessageToDict
from tritonclient.utils import InferenceServerException

ROWS = np.array([[800, 2, 1.5], [700, 1, 1.2]], dtype=np.float32)


def refused(call):
    """The text of the error that a call ends with."""
    try:
        call()
    except InferenceServerException as error:
        return error.message()
    return None


def infer(client, library, model, rows=ROWS, binary=None, **options):
    """Runs the model; `binary` says how numbers go and come where the protocol has a choice."""
    sent = library.InferInput("inputs", list(rows.shape), "FP32")
    choice = {} if binary is None else {"binary_data": binary}
    sent.set_data_from_numpy(rows, **choice)
    outputs = [library.InferRequestedOutput("outputs", **choice)]
    return client.infer(model, [sent], outputs=outputs, **options)


def answer(result):
    numbers = result.as_numpy("outputs")
    return {"outputs": numbers.tolist(), "dtype": str(numbers.dtype)}


def lifecycle(client, model, plain):
    """Health, metadata and the repository: the same over both."""
    found = {
        "live": client.is_server_live(),
        "ready": client.is_server_ready(),
        "model_ready": client.is_model_ready(model),
        "version_ready": client.is_model_ready(model, "1"),
        "unknown_ready": client.is_model_ready("nothing"),
        "server": plain(client.get_server_metadata()),
        "model": plain(client.get_model_metadata(model)),
        "index": plain(client.get_model_repository_index()),
        "config": plain(client.get_model_config(model)),
        "statistics": plain(client.get_inference_statistics(model)),
    }
    client.unload_model(model)
    found["unloaded"] = client.is_model_ready(model)
    client.load_model(model)
    found["loaded"] = client.is_model_ready(model)
    found["override"] = refused(lambda: client.load_model(model, config="{}"))
    found["shared_memory"] = refused(lambda: client.register_system_shared_memory("numbers", "/numbers", 64))
    return found


def into_shared_memory(client, library, model):
    """Asks for the output in memory that only a server with the extension could write to."""
    sent = library.InferInput("inputs", list(ROWS.shape), "FP32")
    sent.set_data_from_numpy(ROWS)
    output = library.InferRequestedOutput("outputs")
    output.set_shared_memory("numbers", 64)
    return refused(lambda: client.infer(model, [sent], outputs=[output]))


def over_http(address, model):
    client = httpclient.InferenceServerClient(address)
    found = lifecycle(client, model, lambda document: document)
    found["json"] = answer(infer(client, httpclient, model, binary=False))
    found["binary"] = answer(infer(client, httpclient, model, binary=True))
    for algorithm in ("gzip", "deflate"):
        options = {"request_compression_algorithm": algorithm, "response_compression_algorithm": algorithm}
        found[algorithm] = answer(infer(client, httpclient, model, binary=True, **options))
    found["id"] = infer(client, httpclient, model, request_id="mine").get_response()["id"]
    sent = httpclient.InferInput("inputs", list(ROWS.shape), "FP32")
    sent.set_data_from_numpy(ROWS)
    every = client.infer(model, [sent]).get_response()["outputs"]
    found["every_output"] = [output["name"] for output in every]
    waiting = [client.async_infer(model, [sent]) for _ in range(4)]
    found["asynchronous"] = [answer(one.get_result()) for one in waiting]
    found["wrong_shape"] = refused(lambda: infer(client, httpclient, model, ROWS[:, :2]))
    found["wrong_model"] = refused(lambda: infer(client, httpclient, "nothing"))
    unknown = [httpclient.InferRequestedOutput("y")]
    found["wrong_output"] = refused(lambda: client.infer(model, [sent], outputs=unknown))
    classes = [httpclient.InferRequestedOutput("outputs", class_count=2)]
    found["classification"] = refused(lambda: client.infer(model, [sent], outputs=classes))
    found["into_shared_memory"] = into_shared_memory(client, httpclient, model)
    client.close()
    return found


def over_grpc(address, model):
    client = grpcclient.InferenceServerClient(address)
    found = lifecycle(client, model, lambda message: MessageToDict(message, preserving_proto_field_name=True))
    found["binary"] = answer(infer(client, grpcclient, model))
    found["gzip"] = answer(infer(client, grpcclient, model, compression_algorithm="gzip"))
    found["id"] = infer(client, grpcclient, model, request_id="mine").get_response().id
    found["wrong_shape"] = refused(lambda: infer(client, grpcclient, model, ROWS[:, :2]))
    found["wrong_model"] = refused(lambda: infer(client, grpcclient, "nothing"))
    found["into_shared_memory"] = into_shared_memory(client, grpcclient, model)
    client.close()
    return found


http, grpc, name = sys.argv[1:]
print(json.dumps({"http": over_http(http, name), "grpc": over_grpc(grpc, name)}))
