"""What the services of `stiffnet-bench load` in Python share: the model's session, and uvicorn. Their command line is
MODEL.onnx PORT WORKERS."""
import os
import sys

import onnxruntime
import uvicorn

MODEL = os.environ.get("STIFFNET_MODEL") or sys.argv[1]


def open_session():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])


def serve(application):
    """Serves MODULE:NAME, which each worker imports anew."""
    os.environ["STIFFNET_MODEL"] = MODEL
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    port, workers = int(sys.argv[2]), int(sys.argv[3])
    uvicorn.run(application, host="127.0.0.1", port=port, workers=workers, access_log=False, log_level="warning")
