"""What tools do that clone the config repository: edit, commit, pull --rebase, push; one promotion after the other, as
they hold a lock for the branch, while somebody else pushes ten commits a second to the same file."""
import os, subprocess, sys, threading, time

directory, services = sys.argv[1], int(sys.argv[2])
promotions = 20
environment = dict(os.environ, GIT_AUTHOR_NAME="a", GIT_AUTHOR_EMAIL="a@b", GIT_COMMITTER_NAME="a",
                   GIT_COMMITTER_EMAIL="a@b", GIT_CONFIG_NOSYSTEM="1", HOME=directory)


def git(where, *arguments, check=True):
    return subprocess.run(["git", "-C", where, *arguments], check=check, capture_output=True, env=environment)


os.makedirs(directory)
bare, outside = directory + "/bare.git", directory + "/outside"
subprocess.run(["git", "init", "-q", "--bare", "-b", "main", bare], check=True, env=environment)
git(directory, "clone", "-q", bare, outside)
path = "kustomization.yaml"
with open(f"{outside}/{path}", "w") as file:
    file.write("# outside: 0\nimages:\n" + "".join(
        f"- name: svc-{n}\n  newName: registry.local/svc-{n}\n  digest: old-{n}\n" for n in range(services)))
git(outside, "add", "-A"), git(outside, "commit", "-qm", "Begin"), git(outside, "push", "-q", "origin", "HEAD:main")
over = threading.Event()
pushed = 0


def push():
    global pushed
    while not over.is_set():
        begin = time.time()
        git(outside, "fetch", "-q"), git(outside, "reset", "-q", "--hard", "origin/main")
        text = open(f"{outside}/{path}").read()
        open(f"{outside}/{path}", "w").write(text.replace(f"# outside: {pushed}\n", f"# outside: {pushed + 1}\n"))
        git(outside, "commit", "-qam", "Outside")
        if git(outside, "push", "-q", "origin", "HEAD:main", check=False).returncode == 0:
            pushed += 1
        time.sleep(max(0, 0.1 - (time.time() - begin)))


writer = threading.Thread(target=push)
writer.start()
begin, landed, conflicts = time.time(), 0, 0
for number in range(promotions):
    clone = f"{directory}/clone-{number}"
    git(directory, "clone", "-q", bare, clone)
    text = open(f"{clone}/{path}").read()
    open(f"{clone}/{path}", "w").write(text.replace(f"digest: old-{number}\n", f"digest: new-{number}\n"))
    git(clone, "commit", "-qam", f"Promote svc-{number}")
    for attempt in range(10):
        if git(clone, "pull", "-q", "--rebase", "origin", "main", check=False).returncode:
            conflicts += 1
            break
        if git(clone, "push", "-q", "origin", "HEAD:main", check=False).returncode == 0:
            landed += 1
            break
took = time.time() - begin
over.set(), writer.join()
print(f"| the same by clone, edit, pull --rebase and push: promotions a second | {landed / took:.1f} "
      f"({landed} of {promotions} landed, {conflicts} conflicts, outside {pushed / took:.1f} a second) |")
