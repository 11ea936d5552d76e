/**
 * How much of an answer may wait to be read before undici stops reading. Its version 7 throws where nobody can catch it
 * when a server closes the connection while it has stopped (nodejs/undici#5360; mended in 8, which needs Node 22): with
 * its own 64 KiB, a busy machine meets that.
 */
export const unreadBytes = 8 << 20
