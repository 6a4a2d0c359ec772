"""Where an embedded AWS tells about itself; ``assembly`` answers, ``instance`` asks without importing the server."""

HEALTH_PATH = "/_tagship/health"
FRONT_DOORS_PATH = "/_tagship/front-doors"
PUBLIC_KEYS_PATH = "/_tagship/public-keys"
FAULTS_PATH = "/_tagship/faults"
DISTRIBUTIONS_PATH = "/_tagship/distributions"
