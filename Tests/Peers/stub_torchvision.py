"""Stands in for torchvision, whose wheel does not load beside the CPU build of torch, where nothing of it is used."""

import importlib.abc
import importlib.machinery
import sys
import types
from unittest.mock import MagicMock


class Stub(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("torchvision", "requests"):
            return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__path__, module.__version__ = [], "0.28.0"
        module.__getattr__ = lambda name: MagicMock(name=name)
        return module

    def exec_module(self, module):
        pass


sys.meta_path.insert(0, Stub())
