"""The one settings module, split by topic. There is no development and no production variant.

Everything that differs between machines is an environment variable (environment.py lists them); the defaults are
the safe ones.
"""

from innomarket.settings.apps import *
from innomarket.settings.services import *

from innomarket.settings.security import *  # isort: skip
from innomarket.settings.accounts import *
from innomarket.settings.api import *
from innomarket.settings.background import *
from innomarket.settings.files import *
from innomarket.settings.languages import *
from innomarket.settings.logs import *
from innomarket.settings.mail import *
from innomarket.settings.opendata import *
