from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from realtime_engine.speech import models
from realtime_engine.speech.models import SILERO_VAD, SMART_TURN, Model, ModelMissing

BOTH = [pytest.param(SILERO_VAD, id="Silero VAD"), pytest.param(SMART_TURN, id="Smart Turn")]


@pytest.mark.parametrize("model", BOTH)
def test_installed_model_is_the_expected_one(model: Model) -> None:
    assert len(models.read(model)) > 1_000_000


def test_finding_a_model_imports_nothing_of_its_package() -> None:
    models.read(SILERO_VAD)
    assert "pipecat" not in sys.modules


def test_missing_package_names_cause_and_remedy() -> None:
    with pytest.raises(ModelMissing, match=r"Silero VAD .* not installed\. .*pip install"):
        models.read_from(None, SILERO_VAD)


def test_missing_file_names_cause_and_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match=r"Smart Turn .* cannot be read .*pip install"):
        models.read_from(tmp_path, SMART_TURN)


def test_another_file_in_its_place_is_refused(tmp_path: Path) -> None:
    file = tmp_path / SILERO_VAD.path
    file.parent.mkdir(parents=True)
    file.write_bytes(b"not the model")
    with pytest.raises(ModelMissing, match="not the file"):
        models.read_from(tmp_path, SILERO_VAD)


def test_running_a_model_leaves_nothing_in_the_home(tmp_path: Path) -> None:
    code = "from realtime_engine.speech import models; models.start(models.read(models.SILERO_VAD))"
    subprocess.run([sys.executable, "-c", code], env={"HOME": str(tmp_path)}, cwd=settings.BASE_DIR, check=True)
    assert list(tmp_path.iterdir()) == []
