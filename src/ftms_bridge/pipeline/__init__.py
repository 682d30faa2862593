"""The whole core as one object: notifications and commands in, what is to be published out."""

from ftms_bridge.pipeline.core import Counters, Pipeline
from ftms_bridge.pipeline.settings import PipelineSettings

__all__ = ["Counters", "Pipeline", "PipelineSettings"]
