const lock = 'npm always installs what package-lock.json pins'
const place = 'set it in .npmrc, and name that with node.npmrc'

/**
 * Keys of BentoML's bentofile.yaml that mean nothing in Node, by their place, and what there is instead. A map is named
 * by its keys where they have counterparts of their own.
 */
export const foreignKeys: Readonly<Record<string, string>> = {
  python: 'is for Python: its counterpart is "node"',
  'python.packages': 'is for Python: write "node.packages", with the lock in package-lock.json',
  'python.requirements_txt': 'is for Python: packages come from package.json and package-lock.json',
  'python.lock_packages': `is for Python: ${lock}`,
  'python.pack_git_packages': 'is for Python: a commit in package-lock.json is installed as it is',
  'python.index_url': 'is for Python: write "node.registry"',
  'python.no_index': 'is for Python: write `--offline` into "node.install_args"',
  'python.trusted_host': `is for Python: ${place}`,
  'python.find_links': `is for Python: ${lock}`,
  'python.extra_index_url': `is for Python: registries of a scope go into .npmrc; ${place}`,
  'python.pip_args': 'is for Python: write "node.install_args"',
  'python.wheels': 'is for Python: a tarball in package-lock.json is installed as it is',
  'python.is_src_layout': 'is for Python: imports are bundled from wherever they are',
  conda: 'is for Python: Debian packages go into "docker.system_packages", others into "node"',
  'docker.python_version': 'is for Python: write "docker.node_version"',
  'models.filter': 'is not needed: a model is packed whole, and only what the service loads',
  'models.alias': 'is not needed: `models.get` takes the tag itself',
}
