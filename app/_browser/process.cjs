/**
 * In place of Node's `process`, of which Next's code for browsers reads `env`; of what mends browsers that read no module; and of what
 * is only read in development.
 */
module.exports = { env: {} }
