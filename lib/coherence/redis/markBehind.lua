-- Says that there are committed changes that the index does not have. KEYS: the lease. Returns term and nonce of it, 0 when it does
-- not live here.
local term, nonce = markBehind(KEYS[1])
return {term, nonce}
