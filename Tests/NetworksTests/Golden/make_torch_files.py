"""Makes the files of PyTorch's that TorchFileTests reads: torch_zip.pt, torch_legacy.pt, torch_script.pt.

Made with Python 3.11.7 and torch 2.13.0+cpu. Every tensor holds 0, 1, 2, … in row-major order.
"""

from collections import OrderedDict
from pathlib import Path

import torch

HERE = Path(__file__).parent


def counted(*shape, dtype=torch.float32):
    count = 1
    for extent in shape:
        count *= extent
    return torch.arange(count, dtype=torch.float32).reshape(shape).to(dtype)


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
