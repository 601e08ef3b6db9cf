import {
  PostgresQueryCompiler,
  type KyselyPlugin,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  type QueryResult,
  type RootOperationNode,
  type UnknownRow,
} from 'kysely';

/** Records the SQL of every query, including raw ones and those of transactions. Must be the last plugin. */
export class SqlRecorder implements KyselyPlugin {
  readonly #compiler = new PostgresQueryCompiler();
  #statements = new Set<string>();

  transformQuery({ node, queryId }: PluginTransformQueryArgs): RootOperationNode {
    this.#statements.add(this.#compiler.compileQuery(node, queryId).sql);
    return node;
  }

  transformResult({ result }: PluginTransformResultArgs): Promise<QueryResult<UnknownRow>> {
    return Promise.resolve(result);
  }

  /** The distinct statements since the last call, in the order of their first use. */
  take(): string[] {
    const taken = [...this.#statements];
    this.#statements = new Set();
    return taken;
  }
}
