"""The store and its two doors: ``as_seen_by`` to read, ``writing`` to write."""

from data.store.store import Store, create_store, exists, open_store
from data.store.view import Photo, View
from data.store.write import Tx

__all__ = ["Photo", "Store", "Tx", "View", "create_store", "exists", "open_store"]
