"""Superset's settings: its own database beside ours, and nothing sent anywhere.

Superset reads this file by its path, from an environment that lacks the rest of this
package. SUPERSET_HOME is set by `orchestration.dashboards.home`.
"""

import os
from pathlib import Path
from typing import Any

_HOME = Path(os.environ["SUPERSET_HOME"])
_ONLY_OURS = ["'self'"]

SECRET_KEY = (_HOME / "secret_key").read_text()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{_HOME / 'superset.db'}"

# Pages may load from, and send to, this server alone: no counting pixel, fonts or maps.
TALISMAN_ENABLED = True
TALISMAN_CONFIG: dict[str, Any] = {
    "content_security_policy": {
        "base-uri": _ONLY_OURS,
        "default-src": _ONLY_OURS,
        "img-src": [*_ONLY_OURS, "blob:", "data:"],
        "worker-src": [*_ONLY_OURS, "blob:"],
        "style-src": [*_ONLY_OURS, "'unsafe-inline'"],
        "script-src": [*_ONLY_OURS, "'strict-dynamic'"],
        "object-src": "'none'",
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}
CONTENT_SECURITY_POLICY_WARNING = False

# Each look asks the tables, which answer in milliseconds.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
# One server process counts log-ins well enough by itself.
RATELIMIT_STORAGE_URI = "memory://"
SUPERSET_WEBSERVER_TIMEOUT = 60
