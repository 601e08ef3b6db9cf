import { findAlbum } from '#shared/albums/album.ts';
import { DarkroomError } from '#shared/errors/errors.ts';
import type { RequestContext } from '../http/operation.ts';
import { serializeAlbum, type AlbumResponse } from './serialize-album.ts';

/** @throws access/denied */
export async function readAlbum({ ports }: RequestContext, id: string): Promise<AlbumResponse> {
  const details = await findAlbum(ports.db, id);
  if (details === undefined) throw new DarkroomError('access/denied', 'Not found or no album.read access');
  return serializeAlbum(details);
}
