"""The circuit breaker: while the cloud is down, automatic calls are held back except for single probes."""

from .errors import CloudDownError, OpenApiError, WrongServerError

# This many failures in a row, or failures of this many paths, mean that the cloud is down; one may be due to the request.
FAILURES = 3
FAILING_PATHS = 2
FIRST_PROBE = 30.0
LONGEST_BETWEEN_PROBES = 300.0


class CircuitBreaker:
    """The failures in a row, and the time of the next probe. Times are monotonic."""

    def __init__(self) -> None:
        """Initialize the circuit as closed: the cloud is answering."""
        self.since: float | None = None
        self.error: OpenApiError | None = None
        self.probe_at = 0.0
        self._first_failure = 0.0
        self._failures = 0
        self._paths: set[str] = set()
        self._probes = 0

    @property
    def is_open(self) -> bool:
        """Return True if the cloud is down."""
        return self.since is not None

    def blocks(self, now: float) -> bool:
        """Return True if automatic calls must wait for the next probe."""
        return self.is_open and now < self.probe_at

    def record_success(self) -> None:
        """Record that the cloud has answered, even if with a refusal."""
        self.since = self.error = None
        self._failures = self._probes = 0
        self._paths.clear()

    def record_failure(self, path: str, error: OpenApiError, now: float) -> None:
        """Record a failed call; errors that the cloud itself answered with count as a success."""
        if not isinstance(error, CloudDownError | WrongServerError):
            self.record_success()
            return
        if not self._failures:
            self._first_failure = now
        self.error = error
        self._failures += 1
        self._paths.add(path)
        if self._failures < FAILURES and len(self._paths) < FAILING_PATHS:
            return
        if self.since is None:
            self.since = self._first_failure
        self.probe_at = now + min(
            FIRST_PROBE * 2.0 ** min(self._probes, 10), LONGEST_BETWEEN_PROBES
        )
        self._probes += 1
