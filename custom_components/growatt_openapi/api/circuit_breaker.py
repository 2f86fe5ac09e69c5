"""The circuit breaker: while the cloud is down, automatic calls are held back except for single probes."""

from .errors import CloudDownError, OpenApiError

# Failures of this many paths, and of nothing else in between, mean that the cloud is down; those of one may be due to it.
FAILING_PATHS = 2
# This many failures of whatever paths mean the same, if for so many seconds nothing else was answered: all paths that are
# polled have been asked by then.
FAILURES = 3
FAILING_FOR = 300.0
FIRST_PROBE = 30.0
LONGEST_BETWEEN_PROBES = 300.0


class CircuitBreaker:
    """The failures in a row, and the time of the next probe. Times are monotonic."""

    def __init__(self) -> None:
        """Initialize the circuit as closed: the cloud is answering."""
        self.since: float | None = None
        self.error: CloudDownError | None = None
        self.probe_at = 0.0
        self._first_failure = 0.0
        self._failures = 0
        self._paths: set[str] = set()
        # Paths that failed while others answered: it is they that are out of order, and not the cloud.
        self._broken_paths: set[str] = set()
        self._probes = 0

    @property
    def is_open(self) -> bool:
        """Return True if the cloud is down."""
        return self.since is not None

    def blocks(self, now: float) -> bool:
        """Return True if automatic calls must wait for the next probe."""
        return self.is_open and now < self.probe_at

    def record_success(self, path: str) -> None:
        """Record that the cloud has answered a request of this path, even if with a refusal."""
        if self.since is None:
            self._broken_paths |= self._paths
        self._broken_paths.discard(path)
        self.since = self.error = None
        self._failures = self._probes = 0
        self._paths.clear()

    def record_failure(self, path: str, error: OpenApiError, now: float) -> None:
        """Record a failed call; errors that the cloud itself answered with count as a success."""
        if not isinstance(error, CloudDownError):
            self.record_success(path)
            return
        if not self._failures:
            self._first_failure = now
        self._failures += 1
        self._paths.add(path)
        is_down = len(self._paths - self._broken_paths) >= FAILING_PATHS or (
            self._failures >= FAILURES and now - self._first_failure >= FAILING_FOR
        )
        if self.since is None:
            if not is_down:
                return
            self.since = self._first_failure
        self.error = error
        self.probe_at = now + min(
            FIRST_PROBE * 2.0 ** min(self._probes, 10), LONGEST_BETWEEN_PROBES
        )
        self._probes += 1
