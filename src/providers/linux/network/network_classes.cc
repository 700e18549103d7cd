#include "providers/linux/network/network_classes.h"

#include "providers/linux/network/network_adapter.h"
#include "providers/linux/network/network_adapter_configuration.h"
#include "providers/linux/network/network_address.h"
#include "providers/linux/network/network_routes.h"
#include "providers/linux/network/network_sockets.h"
#include "providers/linux/network/ping.h"

namespace wmi::linuxos {

void AddNetworkClasses(Classes& classes) {
  classes.Add<NetworkAdapter>();
  classes.Add<NetworkAdapterConfiguration>();
  classes.Add<NetworkAdapterSetting>();
  classes.Add<RouteTable>();
  classes.Add<NetworkProtocol>();
  classes.Add<PingStatus>();
  classes.Add<StandardAdapter>();
  classes.Add<StandardAddress>();
  classes.Add<TcpConnection>();
  classes.Add<UdpEndpoint>();
}

}  // namespace wmi::linuxos
