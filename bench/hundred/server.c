#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

static void leave(int signal) { (void)signal; _exit(0); }

int main(void) {
    static const char answer[] = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(8000)};
    struct timeval patience = {.tv_sec = 2};
    char asked[4096];
    int one = 1, door = socket(AF_INET, SOCK_STREAM, 0);
    signal(SIGTERM, leave);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(door, (struct sockaddr *)&here, sizeof here) || listen(door, 64)) return 1;
    for (;;) {
        int client = accept(door, 0, 0);
        setsockopt(client, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        if (read(client, asked, sizeof asked) > 0 && write(client, answer, sizeof answer - 1) < 0) return 1;
        close(client);
    }
}
