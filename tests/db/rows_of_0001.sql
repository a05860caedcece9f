INSERT INTO anime_api.anime_projects (name) VALUES ('Kaze');
INSERT INTO anime_api.projects (id, fps_num, fps_den, width, height, default_style, library_folder)
    VALUES (1, 24, 1, 832, 480, 'anime', 'Kaze (2026)');
INSERT INTO anime_api.branches (project_id, name) VALUES (1, 'main'), (1, 'ending');
INSERT INTO anime_api.characters (branch_id, project_id, name) VALUES (1, 1, 'Kai'), (1, 1, 'Rin');
INSERT INTO anime_api.scenes (branch_id, project_id, scene_number) VALUES (1, 1, 1);
INSERT INTO anime_api.scene_characters (branch_id, scene_id, name, position, character_id)
    VALUES (1, 1, 'Kai', 0, 1), (1, 1, 'Elder', 1, NULL);
INSERT INTO anime_api.project_bibles (branch_id, project_id, version, title)
    VALUES (1, 1, 1, 'one'), (1, 1, 2, 'two');
INSERT INTO anime_api.bible_characters (branch_id, project_id, name) VALUES (1, 1, 'Kai');
INSERT INTO anime_api.production_jobs (id, project_id, branch_id, scene_id, title)
    VALUES ('gen_1', 1, 1, 1, 'A forest');
INSERT INTO public.generation_requests (generation_id, prompt, negative_prompt, duration_s, style, quality,
    width, height, fps_num, fps_den) VALUES ('gen_1', 'a forest', '', 5, 'anime', 'draft', 832, 480, 24, 1);
INSERT INTO anime_api.generation_events (generation_id, seq, kind) VALUES ('gen_1', 1, 'status');
INSERT INTO public.assets (sha256, path, kind, size_bytes) VALUES (repeat('a', 64), '/a.mp4', 'take', 1);
INSERT INTO anime_api.takes (generation_id, take, attempt, inputs_hash, workflow, workflow_hash, model, seed,
    video_sha256) VALUES ('gen_1', 1, 1, 'i', 'w', 'h', 'm', 1, repeat('a', 64));
INSERT INTO anime_api.quality_metrics (generation_id, take, verdict) VALUES ('gen_1', 1, 'pass');
INSERT INTO anime_api.music_scene_sync (branch_id, scene_id, audio_path) VALUES (1, 1, '/a.mp3');
INSERT INTO public.render_queue (generation_id, take, attempt, prompt_id) VALUES ('gen_1', 1, 1, gen_random_uuid());
