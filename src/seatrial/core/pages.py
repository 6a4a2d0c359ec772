"""Where an embedded AWS tells about itself; ``assembly`` answers, ``instance`` asks without importing the server."""

HEALTH_PATH = "/_seatrial/health"
FRONT_DOORS_PATH = "/_seatrial/front-doors"
NAMES_PATH = "/_seatrial/names"
PUBLIC_KEYS_PATH = "/_seatrial/public-keys"
FAULTS_PATH = "/_seatrial/faults"
DISTRIBUTIONS_PATH = "/_seatrial/distributions"
CONSTRAINTS_PATH = "/_seatrial/constraints"
