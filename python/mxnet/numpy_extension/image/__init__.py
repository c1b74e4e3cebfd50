"""`npx.image`: what images need before a network sees them. Decoding, resizing, cropping, flips, colors, rotation, and
augmenters made of them; all of it on arrays, with random numbers from `np.random`."""

from ._augment import *
from ._color import *
from ._crop import *
from ._decode import *
from ._detection import *
from ._flip import *
from ._iterator import *
from ._resize import *
from ._rotate import *
