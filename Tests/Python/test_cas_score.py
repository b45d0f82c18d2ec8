"""Tests of the module cas_score on the embedded data. CAS_PROGRAM names the program; see `make test-python`."""

import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

import numpy as np

import cas_score
from cas_score._images import ImageSet

FASHION = pathlib.Path(__file__).resolve().parents[2] / "data" / "fashion"
#: A few images of each class, so that a run takes seconds.
DATA = pathlib.Path()
QUICK = {"preset": "demo", "steps": 6, "seeds": 1, "no_baseline": True, "no_gan_test": True}


def setUpModule():
    global DATA
    DATA = pathlib.Path(tempfile.mkdtemp())
    unittest.addModuleCleanup(shutil.rmtree, DATA)
    for part, count in [("synthetic/cvae", 20), ("synthetic/flow", 20), ("real/test", 8)]:
        for folder in (FASHION / part).iterdir():
            if folder.is_dir():
                (DATA / part / folder.name).mkdir(parents=True)
                for file in sorted(folder.glob("*.png"), key=lambda file: file.name)[:count]:
                    shutil.copy(file, DATA / part / folder.name)


def decoded(folder):
    """Images, labels and class names of a folder per class, in the order in which the program reads them."""
    from PIL import Image

    names = sorted(path.name for path in folder.iterdir() if path.is_dir())
    images, labels = [], []
    for index, name in enumerate(names):
        for file in sorted((folder / name).glob("*.png"), key=lambda path: path.name):
            images.append(np.asarray(Image.open(file)))
            labels.append(index)
    return np.stack(images), np.array(labels), names


def model(folder):
    return next(pathlib.Path(folder).glob("model-*.safetensors")).read_bytes()


class Forms(unittest.TestCase):
    """Every form of a set gives the model of the folder."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.images, cls.labels, cls.names = decoded(DATA / "synthetic" / "cvae")
        cls.expected = cls.train("folder", DATA / "synthetic" / "cvae")

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    @classmethod
    def train(cls, name, images):
        report = cas_score.train(
            {"g": images}, DATA / "real" / "test", output=f"{cls.folder.name}/{name}", progress=False, **QUICK
        )
        return model(report.path)

    def test_arrays(self):
        self.assertTrue(self.train("arrays", (self.images, self.labels)) == self.expected)

    def test_floats_between_0_and_1(self):
        self.assertTrue(self.train("floats", (self.images / np.float32(255), self.labels)) == self.expected)

    def test_floats_between_minus_1_and_1(self):
        values = self.images.astype(np.float32) / 127.5 - 1
        self.assertTrue(self.train("signed", ImageSet((values, self.labels), pixel_range=(-1, 1))) == self.expected)

    def test_names_as_labels(self):
        pairs = ((image, self.names[label]) for image, label in zip(self.images, self.labels))
        self.assertTrue(self.train("names", pairs) == self.expected)

    def test_encoded_examples_with_names(self):
        files = [f for n in self.names for f in sorted((DATA / "synthetic" / "cvae" / n).glob("*.png"), key=lambda f: f.name)]
        rows = [{"image": {"bytes": f.read_bytes()}, "label": int(label)} for f, label in zip(files, self.labels)]
        self.assertTrue(self.train("encoded", ImageSet(rows, class_names=self.names)) == self.expected)

    def test_an_indexed_data_set_with_classes(self):
        outer = self

        class DataSet:
            classes = outer.names

            def __len__(self):
                return len(outer.labels)

            def __getitem__(self, index):
                if index >= len(self):
                    raise IndexError
                return outer.images[index][None], outer.labels[index]

        self.assertTrue(self.train("indexed", DataSet()) == self.expected)

    def test_torch_loader(self):
        try:
            import torch
        except ImportError:
            self.skipTest("PyTorch is not installed")
        tensors = torch.utils.data.TensorDataset(
            torch.from_numpy(self.images)[:, None], torch.from_numpy(self.labels)
        )
        loader = torch.utils.data.DataLoader(tensors, batch_size=64)
        self.assertTrue(self.train("loader", loader) == self.expected)
        self.assertTrue(self.train("dataset", tensors) == self.expected)


class Reports(unittest.TestCase):
    def test_a_run_in_a_notebook(self):
        with tempfile.TemporaryDirectory() as folder:
            events = []
            report = cas_score.train(
                {"a": DATA / "synthetic" / "cvae", "b": DATA / "synthetic" / "flow"}, DATA / "real" / "test",
                output=f"{folder}/run", progress=events.append, **QUICK,
            )
            self.assertEqual([result.name for result in report.results], ["a", "b"])
            self.assertEqual(report.command, "train")
            scores = {event["name"]: event["top1"] for event in events if event["event"] == "score"}
            self.assertEqual(scores, {result.name: result.top1.value for result in report.results})
            rows = report.per_class
            rows = rows.to_dict("records") if hasattr(rows, "to_dict") else rows
            self.assertEqual(len(rows), 20)
            self.assertTrue(any(len(value) == 80 for value in report.predictions.values()))
            self.assertIn("<iframe", report._repr_html_())
            again = cas_score.Report.load(f"{folder}/run")
            self.assertEqual(again["results"][0]["top1"]["value"], report.results[0].top1.value)
            with self.assertRaises(cas_score.CasError) as raised:
                cas_score.check(report, min_top1=0.999)
            self.assertEqual(raised.exception.code, 1)
            with self.assertRaisesRegex(AttributeError, "there is no top9"):
                report.results[0].top9

    def test_errors_have_code_and_sentence(self):
        with self.assertRaises(cas_score.CasError) as raised:
            cas_score.train("no/such/folder", DATA / "real", output="/nowhere/x", progress=False)
        self.assertEqual(raised.exception.code, 66)
        self.assertIn("no/such/folder", raised.exception.message)
        with self.assertRaises(cas_score.CasError) as raised:
            cas_score.train(DATA / "real", DATA / "real", sinthetic=3, progress=False)
        self.assertEqual(raised.exception.code, 64)

    def test_the_error_of_an_iterable_is_raised(self):
        def images():
            yield np.zeros((28, 28), np.uint8), 0
            raise RuntimeError("the sampler broke")

        with self.assertRaisesRegex(RuntimeError, "the sampler broke"):
            cas_score.train({"g": images()}, DATA / "real", output="runs/none", progress=False, **QUICK)

    def test_wrong_images_are_said(self):
        image = np.zeros((28, 28), np.float32)
        for rows, sentence in [
            ([(image - 1, 0)], "outside of 0 to 1"), ([(image.astype(np.int32), 0)], "pixels of int32"),
            ([(np.zeros((3, 3, 3), np.uint8), 0)], "channels may be first or last"), ([(image, -1)], "label of image 0"),
            ([(image, "a/b")], "cannot be called"), ([(b"GIF89a", 0)], "neither PNG nor JPEG"), ([3], "An example is"),
        ]:
            with self.assertRaisesRegex(cas_score.CasError, sentence):
                with open(os.devnull, "wb") as stream:
                    ImageSet(rows).write(stream)


class Endings(unittest.TestCase):
    """However Python ends, the program ends, and its state can be continued."""

    SCRIPT = textwrap.dedent(
        """
        import cas_score
        def told(event):
            if event["event"] in ("begin", "progress") and event["stage"].startswith({stage!r}): print("NOW", flush=True)
        cas_score.train({{"g": {data!r} + "/synthetic/cvae"}}, {data!r} + "/real/test", output={output!r}, progress=told,
            preset="demo", steps=40000, seeds=1, no_baseline=True, no_gan_test=True, checkpoint_seconds=0)
        """
    )

    def start(self, stage, output):
        script = self.SCRIPT.format(stage=stage, data=str(DATA), output=output)
        return subprocess.Popen(
            [sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def assert_gone(self, output):
        for _ in range(200):
            found = subprocess.run(["pgrep", "-f", f"output {output}"], capture_output=True, text=True).stdout.split()
            if not found:
                return
            time.sleep(0.1)
        self.fail(f"still running: {found}")

    def end(self, number, stage):
        with tempfile.TemporaryDirectory() as folder:
            output = f"{folder}/run"
            python = self.start(stage, output)
            self.assertEqual(python.stdout.readline(), "NOW\n")
            time.sleep(0.5)
            python.send_signal(number)
            _, errors = python.communicate(timeout=120)
            self.assert_gone(output)
            if number == signal.SIGINT:
                self.assertIn("KeyboardInterrupt", errors)
            if stage == "Training":
                self.assertTrue(pathlib.Path(output, "checkpoint").exists())
                resumed = self.start("Training", output)
                resumed.stdout.readline()
                resumed.kill()
                resumed.communicate()
                self.assert_gone(output)

    def test_interrupt_in_training(self):
        self.end(signal.SIGINT, "Training")

    def test_kill_in_training(self):
        self.end(signal.SIGKILL, "Training")

    def test_terminate_while_reading(self):
        self.end(signal.SIGTERM, "Reading")


if __name__ == "__main__":
    unittest.main()
