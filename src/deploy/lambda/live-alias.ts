/** What callers call: it points at the version that is meant to run. */
export const liveAlias = 'live'
