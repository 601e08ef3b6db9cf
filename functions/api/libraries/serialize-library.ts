import type { LibraryStatistics } from '#shared/libraries/library.ts';
import type { Library } from '#shared/db/tables.ts';
import type { ResponseOf } from '../http/contract.ts';

export function serializeLibrary(
  library: Library,
  statistics: LibraryStatistics | undefined,
): ResponseOf<'getLibrary'> {
  return {
    id: library.id,
    ownerId: library.ownerId,
    name: library.name,
    importPaths: library.importPaths,
    exclusionPatterns: library.exclusionPatterns,
    assetCount: (statistics?.photos ?? 0) + (statistics?.videos ?? 0),
    createdAt: library.createdAt.toISOString(),
    updatedAt: library.updatedAt.toISOString(),
    refreshedAt: library.refreshedAt?.toISOString() ?? null,
  };
}
