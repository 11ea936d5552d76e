import { BlockList, isIP } from 'node:net'

/** Whether an IP address is of the public internet: not of this machine, its network, or a tunnel into one. */
export function isGlobalAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !reserved4.check(address)
  return family === 6 && unicast6.check(address, 'ipv6') && !reserved6.check(address, 'ipv6')
}

// IANA's special-purpose registries of IPv4 and IPv6.
const reserved4 = listOf('ipv4', [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
])

// Outside are loopback, mapped and translated IPv4, private, link-local and multicast.
const unicast6 = listOf('ipv6', [['2000::', 3]])

const reserved6 = listOf('ipv6', [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
])

function listOf(family: 'ipv4' | 'ipv6', nets: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList()
  for (const [net, prefix] of nets) list.addSubnet(net, prefix, family)
  return list
}
