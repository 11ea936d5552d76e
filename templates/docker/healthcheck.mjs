// Whether the server of this container answers. The first argument is the port that the service says in its options.
const port = process.env.PORT || process.env.BENTO_PORT || process.argv[2] || '3000'
const answer = await fetch(`http://127.0.0.1:${port}/livez`, { signal: AbortSignal.timeout(4000) })
process.exit(answer.ok ? 0 : 1)
