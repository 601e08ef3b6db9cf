import type { Plugin } from 'rolldown';

const prefix = '\0plain:';
/** Getters of node:http that load undici, Node's implementation of fetch and WebSocket. */
const costly = new Set(['WebSocket', 'CloseEvent', 'MessageEvent']);

/**
 * An `import` of node:http evaluates all of its exports, and three of them load undici: 15 to 25 ms of CPU in every cold
 * start. `process.getBuiltinModule` evaluates only the ones in use.
 */
export const plainHttp: Plugin = {
  name: 'plain-http',
  resolveId: (id) => (/^(?:node:)?https?$/.test(id) ? `${prefix}node:${id.replace('node:', '')}` : undefined),
  async load(id) {
    if (!id.startsWith(prefix)) return undefined;
    const name = id.slice(prefix.length);
    const exported = Object.keys((await import(name)) as object).filter(
      (it) => /^\w+$/.test(it) && it !== 'default' && !costly.has(it),
    );
    return [
      `const builtin = process.getBuiltinModule('${name}');`,
      `export default builtin;`,
      ...exported.map((it) => `export const ${it} = builtin.${it};`),
    ].join('\n');
  },
};
