"""Writes the small checkpoints that TorchFileTests reads: torch_checkpoint.pt (what training scripts save beside weights),
torch_python2.pt (the older form with the texts of Python 2 and _rebuild_tensor) and torch_01.pt (the tar of PyTorch 0.1).

Run by hand: python make_checkpoints.py. Python 3.11, torch 2.13.0+cpu, numpy 2.4.6.
"""
import argparse, collections, io, pathlib, pickle, pickletools, struct, tarfile

import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
tensor = torch.arange(6, dtype=torch.float32).reshape(2, 3)

torch.save(
    {"model": {"weight": tensor, "parameter": torch.nn.Parameter(tensor[0])}, "args": argparse.Namespace(lr=0.1, name="a"),
     "milestones": collections.Counter({30: 1}), "best": np.float64(76.1), "scale": np.arange(3), "classes": {"cat", "dog"},
     "frozen": frozenset({1}), "git": b"abc\xff", "folder": pathlib.PosixPath("/data"), "device": torch.device("cpu"),
     "dtype": torch.float32, "groups": collections.defaultdict(list, {"a": [1]})}, HERE / "torch_checkpoint.pt")


def python2(pickled):
    """BINUNICODE becomes SHORT_BINSTRING, and the function is that of PyTorch 0.2."""
    out, last = b"", 0
    for opcode, argument, at in pickletools.genops(pickled):
        if opcode.name == "BINUNICODE":
            text = argument.encode()
            out, last = out + pickled[last:at] + b"U" + bytes([len(text)]) + text, at + 5 + len(text)
    return out + pickled[last:]


def old_text(text):
    return b"U" + bytes([len(text)]) + text.encode()


storage = b"(" + old_text("storage") + b"ctorch\nFloatStorage\n" + old_text("7") + old_text("cpu") + b"K\x06NtQ"
root = (b"\x80\x02}" + old_text("weight") + b"ctorch._utils\n_rebuild_tensor\n(" + storage
        + b"K\x00(K\x02K\x03t(K\x03K\x01ttRs.")
system = {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}
parts = [pickle.dumps(0x1950A86A20F9469CFC6C, 2), pickle.dumps(1001, 2), python2(pickle.dumps(system, 2)), root,
         python2(pickle.dumps(["7"], 2)), struct.pack("<q", 6), tensor.numpy().tobytes()]
(HERE / "torch_python2.pt").write_bytes(b"".join(parts))

kind = b"ctorch\nFloatStorage\n"
storages = b"\x80\x02K\x01." + b"\x80\x02(K\x05" + old_text("cpu") + kind + b"t." + struct.pack("<q", 6) + tensor.numpy().tobytes()
storages += pickle.dumps([], 2)
tensors = b"\x80\x02K\x01." + b"\x80\x02(K\x09K\x05ctorch\nFloatTensor\nt." + struct.pack("<i4s", 2, b"\xaa" * 4)
tensors += struct.pack("<4qq", 3, 2, 1, 3, 0)
out = io.BytesIO()
with tarfile.open(fileobj=out, mode="w") as tar:
    for name, data in [("sys_info", pickle.dumps({"protocol_version": 1000, "little_endian": True}, 2)),
                       ("pickle", b"\x80\x02ccollections\nOrderedDict\n)R" + old_text("weight") + b"K\x09Qs."),
                       ("tensors", tensors), ("storages", storages)]:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        tar.addfile(info, io.BytesIO(data))
(HERE / "torch_01.pt").write_bytes(out.getvalue().rstrip(b"\0"))
