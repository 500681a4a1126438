"""Reads job.json [{ "file", "rows": [[...]], "dtype" }], checks each file with ONNX's own checker and strict shape
inference, runs it in onnxruntime and prints [{ "shapes", "outputs" }] as JSON."""
import json
import sys

import numpy as np
import onnx
import onnxruntime

answers = []
for job in json.load(open(sys.argv[1])):
    model = onnx.load(job["file"])
    onnx.checker.check_model(model, full_check=True)
    inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    shapes = {
        output.name: [d.dim_param or d.dim_value for d in output.type.tensor_type.shape.dim]
        for output in inferred.graph.output
    }
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(job["file"], options, providers=["CPUExecutionProvider"])
    outputs = session.run(["outputs"], {"inputs": np.array(job["rows"], dtype=job["dtype"])})[0]
    answers.append({"shapes": shapes, "outputs": outputs.astype("float64").ravel().tolist()})
print(json.dumps(answers))
