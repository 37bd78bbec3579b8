"""Records turned into something a person reads: problem map, ledger, offline map, chief's sheet, GIS package."""
