// V8 optimises for seconds before a server costs what it goes on costing.
const enoughSeconds = 8

/** Loads each server until it is as fast as it gets; less when the whole run is to be short. */
export async function warmUp(servers, { closedLoop, seconds, connections }) {
  for (const { target } of servers) {
    await closedLoop({ ...target, connections, seconds: Math.min(enoughSeconds, 2 * seconds) })
  }
}
