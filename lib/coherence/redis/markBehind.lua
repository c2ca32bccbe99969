-- Says that there are committed changes that the index does not have. KEYS: the lease. Returns name and nonce of it, '' and 0 when it
-- does not live here.
local name, nonce = markBehind(KEYS[1])
return {name, nonce}
