/** In place of Node's `process`, of which Next's code for browsers reads `env`; and of what mends browsers that read no module. */
module.exports = { env: {} }
