"""Makes the files of PyTorch's that TorchFileTests reads: torch_zip.pt, torch_legacy.pt, torch_script.pt, in which every
tensor holds 0, 1, 2, … in row-major order; and resnet8_a_wrapped.pth, a checkpoint as a training script writes it, with
the tensors of resnet8_a.safetensors (made by make.py) under names with wrappers.

Made with Python 3.11.7 and torch 2.13.0+cpu.
"""

import json
import struct
from collections import OrderedDict
from pathlib import Path

import torch

HERE = Path(__file__).parent


def counted(*shape, dtype=torch.float32):
    count = 1
    for extent in shape:
        count *= extent
    return torch.arange(count, dtype=torch.float32).reshape(shape).to(dtype)


def stored(name):
    """The float tensors of a safetensors file."""
    file = (HERE / name).read_bytes()
    end = 8 + struct.unpack("<Q", file[:8])[0]
    for key, entry in json.loads(file[8:end]).items():
        if key != "__metadata__" and entry["dtype"] == "F32":
            first, last = (end + place for place in entry["data_offsets"])
            values = torch.frombuffer(bytearray(file[first:last]), dtype=torch.float32)
            yield key, values.reshape(entry["shape"])


class Inner(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(counted(2, 3))

    def forward(self, x):
        return x @ self.weight


class Outer(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = Inner()
        self.register_buffer("buffer", counted(2).half())
        self.sizes = [1, 2]

    def forward(self, x):
        return self.inner(x)


def state():
    base = counted(12)
    return OrderedDict(
        plain=counted(2, 3), parameter=torch.nn.Parameter(counted(3)), half=counted(4, dtype=torch.float16),
        bfloat=counted(4, dtype=torch.bfloat16), double=counted(2, dtype=torch.float64),
        counter=torch.tensor(7), bytes=counted(3, dtype=torch.uint8), transposed=counted(3, 2).t().contiguous().t(),
        slice=base[4:8].reshape(2, 2), whole=base, empty=torch.zeros(0, 3))


torch.save(state(), HERE / "torch_zip.pt")
torch.save({"epoch": 3, "best": 0.5, "state_dict": state(), "note": ["a", None, True, -1, 1 << 40]},
           HERE / "torch_legacy.pt", _use_new_zipfile_serialization=False)
torch.jit.save(torch.jit.script(Outer()), HERE / "torch_script.pt")
wrapped = OrderedDict((f"model._orig_mod.{name}", tensor) for name, tensor in stored("resnet8_a.safetensors"))
torch.save({"epoch": 9, "state_dict": wrapped, "hyper_parameters": {"lr": 0.1}}, HERE / "resnet8_a_wrapped.pth")
