/** Loaded before a server of a bench: it ends with the bench that started it, also where that is killed. */
process.on('disconnect', () => process.exit())
process.channel?.unref()
