"""The kernels of the server, one for each visitor. The server imports this, and nothing else of the package."""

import asyncio
from typing import Any

from jupyter_server.services.kernels.kernelmanager import AsyncMappingKernelManager
from tornado.web import HTTPError
from traitlets import Integer


class Kernels(AsyncMappingKernelManager):
    """Voilà's kernels, up to a number."""

    max_visitors = Integer(config=True, help="How many visitors at once.")
    patience = Integer(3, config=True, help="For how many seconds a visitor too many waits for a place.")

    def __init__(self, **kwargs: Any) -> None:
        self._starting: set[str] = set()
        self._burials: set[asyncio.Future[None]] = set()
        super().__init__(**kwargs)

    async def start_kernel(self, **kwargs: Any) -> str:  # type: ignore[override]
        """Start a kernel when there is a place for it; else the page says that there are too many visitors."""
        # Who loads a page again comes back before the kernel of the old page has ended.
        for _ in range(self.patience * 10):
            if not self._full():
                break
            await asyncio.sleep(0.1)
        if self._full():
            raise HTTPError(503)
        kernel_id = self.new_kernel_id(**kwargs)
        self._starting.add(kernel_id)
        try:
            return await super().start_kernel(**kwargs | {"kernel_id": kernel_id})
        finally:
            self._starting.discard(kernel_id)

    def _full(self) -> bool:
        return len(self._starting.union(self._kernels)) >= self.max_visitors

    def _handle_kernel_died(self, kernel_id: str) -> None:
        """Clear up after a kernel that died; Jupyter would forget it and leave its sockets open."""
        burial = asyncio.ensure_future(self.shutdown_kernel(kernel_id, now=True))
        self._burials.add(burial)
        burial.add_done_callback(self._burials.discard)
