"""Whether the cloud is answering: one probe at a time while it is not."""

from .errors import CloudDownError, OpenApiError, WrongServerError

# So many failures without a success between mean that the cloud is down; one alone may be a matter of the request.
FAILURES = 3
FAILING_PATHS = 2
FIRST_PROBE = 30.0
LONGEST_BETWEEN_PROBES = 300.0


class CircuitBreaker:
    """Failures in a row, and when the next probe is due. Times are monotonic."""

    def __init__(self) -> None:
        """Begin with a cloud that answers."""
        self.since: float | None = None
        self.error: OpenApiError | None = None
        self.probe_at = 0.0
        self._first = 0.0
        self._failures = 0
        self._paths: set[str] = set()
        self._probes = 0

    @property
    def is_open(self) -> bool:
        """Whether the cloud is down."""
        return self.since is not None

    def blocks(self, now: float) -> bool:
        """Tell whether automatic calls must wait for the next probe."""
        return self.is_open and now < self.probe_at

    def record_success(self) -> None:
        """The cloud has answered, be it with a refusal."""
        self.since = self.error = None
        self._failures = self._probes = 0
        self._paths.clear()

    def record_failure(self, path: str, error: OpenApiError, now: float) -> None:
        """A call has failed in a way that speaks of the cloud and not of the request."""
        if not isinstance(error, CloudDownError | WrongServerError):
            self.record_success()
            return
        if not self._failures:
            self._first = now
        self.error = error
        self._failures += 1
        self._paths.add(path)
        if self._failures < FAILURES and len(self._paths) < FAILING_PATHS:
            return
        if self.since is None:
            self.since = self._first
        self.probe_at = now + min(
            FIRST_PROBE * 2.0 ** min(self._probes, 10), LONGEST_BETWEEN_PROBES
        )
        self._probes += 1
